// Signing up, and the code that confirms the address.

import {onSubmit, request, say} from "./api.js";
import {askForCode, sentTo} from "./questions.js";
import {ask, by, showSignIn} from "./sections.js";

// Asks for the code; `text` says where it is.
export function confirmSignUp(username, text) {
  const resend = async () => {
    await request("POST", "session/sign-up/resend-code", {username});
    say("Another code is on its way.");
  };
  const question = askForCode(text, {username, other: {label: "Send another code", act: resend}});
  ask(question, async ({code}) => {
    await request("POST", "session/sign-up/confirm", {username, code});
    showSignIn(username);
    say("Welcome. Now sign in.");
  });
}

onSubmit("sign-up", async ({username, password, email}) => {
  const signedUp = await request("POST", "session/sign-up", {username, password, attributes: {email}});
  by("sign-up").reset();
  if (!signedUp.confirmed) return confirmSignUp(username, sentTo(signedUp.delivery));
  showSignIn(username);
  say("Welcome. Now sign in.");
});
