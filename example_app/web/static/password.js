// A forgotten password: a code, and with it a new one.

import {onSubmit, request, say} from "./api.js";
import {askForNewPassword} from "./questions.js";
import {ask, by, showSignIn} from "./sections.js";

// Asks for the code and the new password; `text` says where the code is.
export function resetPassword(username, text) {
  const resend = async () => {
    await request("POST", "session/password/forgot", {username});
    say("Another code is on its way.");
  };
  const question = askForNewPassword(text, {username, other: {label: "Send another code", act: resend}});
  ask(question, async ({code, password}) => {
    await request("POST", "session/password/reset", {username, code, password});
    showSignIn(username);
    say("The password is changed. Now sign in.");
  });
}

onSubmit("forgot", async ({username}) => {
  await request("POST", "session/password/forgot", {username});
  by("forgot").reset();
  // The app says the same whether or not there is such a user, and so does the page.
  resetPassword(username, "If there is such a user, a code is on its way to the address that the pool knows.");
});
