// The three states of the home page: nobody is signed in, something is asked, somebody is signed in.

import {onSubmit} from "./api.js";
import {draw} from "./questions.js";

export const by = id => document.getElementById(id);
let sendAnswer = null; // what the form of the question is for

// Shows one of them; whoever goes by keyboard or by ear goes on there.
export function show(section, focused = by(section).querySelector("h2")) {
  for (const id of ["nobody", "question", "somebody"]) by(id).hidden = id !== section;
  if (section !== "question") by("answer").replaceChildren();
  focused?.focus();
}

// Asks something, and sends the answer on.
export function ask(question, send) {
  draw(by("answer"), question);
  sendAnswer = send;
  show("question", by("answer").querySelector("input:not([readonly]), select"));
}

// Goes back to the form that signs in, with the name that is known by now.
export function showSignIn(username) {
  by("sign-in").username.value = username;
  by("sign-in").password.value = "";
  show("nobody", by("sign-in").password);
}

onSubmit("answer", values => sendAnswer(values));
