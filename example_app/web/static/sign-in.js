// Signing in, by a password or by what the user chooses, and all that may be asked before the session.

import {onSubmit, request, run, say} from "./api.js";
import {usePasskey} from "./passkeys.js";
import {resetPassword} from "./password.js";
import {answerOf, askForAnswer, askForFirstCode} from "./questions.js";
import {ask, by, show, showSignIn} from "./sections.js";
import {confirmSignUp} from "./sign-up.js";

export const next = ownAddress(new URLSearchParams(location.search).get("next"));
let interrupted = null; // what goes on after a fresh sign-in, and whose it is

export async function showWhoIsSignedIn({focus = true} = {}) {
  const session = await request("GET", "session");
  if (session) {
    by("username").textContent = by("change-password").username.value = session.user.username;
    // Whoever comes from Google has no password here.
    by("change-password").parentElement.hidden = session.user.amr.includes("fed");
    by("until").textContent = new Date(session.expires_at).toLocaleString();
  }
  show(session ? "somebody" : "nobody", focus ? undefined : null);
}

// What is sensitive asks for a recent sign-in: then ask for one, and do it again.
export async function withFreshSignIn(act) {
  try {
    await act();
  } catch (refusal) {
    if (refusal.code !== "step_up_required") throw refusal;
    const {user} = await request("GET", "session");
    interrupted = {act, sub: user.sub};
    showSignIn(user.username);
    say("Please sign in again to go on.");
  }
}

// Where a sign-in leads: to a session, or to a question after which it goes on.
async function goOn(result) {
  if (result.status === "signed_in") return signedIn(result.user);
  const {challenge, parameters} = result;
  let {session} = result;
  const answer = async values =>
    goOn(await request("POST", "session/challenge", {challenge, session, ...answerOf(values)}));
  if (challenge === "WEB_AUTHN") return answer({credential: await usePasskey(parameters)});
  if (challenge === "MFA_SETUP" && parameters.mfas_can_setup.includes("SOFTWARE_TOKEN_MFA")) {
    const secret = await request("POST", "session/challenge/totp", {session});
    session = secret.session;
    return ask(askForFirstCode(secret), answer);
  }
  return ask(askForAnswer(challenge, parameters), answer);
}

async function signedIn(user) {
  by("sign-in").reset();
  const goingOn = interrupted;
  interrupted = null;
  // Somebody else may have signed in instead: nothing that one person has begun goes on for another.
  if (goingOn?.sub === user.sub) return goingOn.act();
  if (next) return location.assign(next);
  await showWhoIsSignedIn();
}

async function signIn(body) {
  try {
    await goOn(await request("POST", "session/sign-in", body));
  } catch (refusal) {
    by("sign-in").password.value = "";
    // Neither is the end: a code is missing that was sent by e-mail.
    if (refusal.code === "user_not_confirmed") return confirmSignUp(body.username, refusal.message);
    if (refusal.code === "password_reset_required") return resetPassword(body.username, refusal.message);
    throw refusal;
  }
}

// `next` is anybody's word, so it leads to this app or nowhere.
function ownAddress(text) {
  if (text === null || !URL.canParse(text, location.origin)) return null;
  const url = new URL(text, location.origin);
  return url.origin === location.origin ? url : null;
}

const signInBy = more => run(async () => {
  const {username} = by("sign-in");
  if (username.reportValidity()) await signIn({username: username.value, auth_flow: "USER_AUTH", ...more});
});
by("use-passkey").addEventListener("click", () => signInBy({preferred_challenge: "WEB_AUTHN"}));
by("choose").addEventListener("click", () => signInBy({}));
onSubmit("sign-in", ({username, password}) => signIn({username, password}));

onSubmit("start-again", async () => {
  interrupted = null;
  await showWhoIsSignedIn();
});
