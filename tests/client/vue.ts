// A page made with the composable of the documentation.
import { createApp, h } from "vue";
import { useAuth } from "./use-auth.js";

const valuesOf = (event: SubmitEvent) => {
  event.preventDefault();
  return Object.fromEntries(new FormData(event.target as HTMLFormElement)) as Record<string, string>;
};

createApp({
  setup() {
    const { user, question, refusal, signIn, answer, signOut } = useAuth();
    return () => {
      const now = question.value;
      const problem = h("p", { id: "problem" }, refusal.value?.code ?? now?.refusal?.code ?? "");
      if (user.value) {
        return h("div", [h("p", { id: "user" }, user.value.username), h("button", { onClick: signOut }, "Sign out")]);
      }
      if (now) {
        const onSubmit = (event: SubmitEvent) => answer({ new_password: valuesOf(event).answer ?? "" });
        return h("form", { id: "question", key: 1, onSubmit }, [
          problem, h("b", now.challenge), h("input", { name: "answer" }), h("button", "Go on"),
        ]);
      }
      if (user.value === undefined) return problem;
      const onSubmit = (event: SubmitEvent) => {
        const { username = "", password } = valuesOf(event);
        signIn({ username, password });
      };
      return h("form", { id: "sign-in", key: 2, onSubmit }, [
        problem, h("input", { name: "username" }), h("input", { name: "password" }), h("button", "Sign in"),
      ]);
    };
  },
}).mount("#app");
