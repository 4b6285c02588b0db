// A page made with the hook of the documentation.
import { createElement as h, type FormEvent } from "react";
import { createRoot } from "react-dom/client";
import { useAuth } from "./use-auth.js";

const valuesOf = (event: FormEvent<HTMLFormElement>) => {
  event.preventDefault();
  return Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
};

function Page() {
  const { user, question, refusal, signIn, answer, signOut } = useAuth();
  const problem = h("p", { id: "problem" }, refusal?.code ?? question?.refusal?.code ?? "");
  const input = (name: string) => h("input", { name });
  const button = (text: string, onClick?: () => void) => h("button", { onClick }, text);
  if (user) return h("div", null, h("p", { id: "user" }, user.username), button("Sign out", signOut));
  if (question) {
    const onSubmit = (event: FormEvent<HTMLFormElement>) => answer({ new_password: valuesOf(event).answer ?? "" });
    const asked = h("b", null, question.challenge);
    return h("form", { id: "question", onSubmit }, problem, asked, input("answer"), button("Go on"));
  }
  if (user === undefined) return problem;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    const { username = "", password } = valuesOf(event);
    signIn({ username, password });
  };
  return h("form", { id: "sign-in", onSubmit }, problem, input("username"), input("password"), button("Sign in"));
}

createRoot(document.getElementById("app")!).render(h(Page));
