import {onSubmit, request, run, say} from "./api.js";
import {createPasskey, usePasskey} from "./passkeys.js";
import {answerOf, askForAnswer, askForCode, askForFirstCode, draw} from "./questions.js";

const by = id => document.getElementById(id);
const next = ownAddress(new URLSearchParams(location.search).get("next"));
let sendAnswer = null; // what the form of the question is for
let interrupted = null; // what goes on after a fresh sign-in, and whose it is

function show(section) {
  for (const id of ["nobody", "question", "somebody"]) by(id).hidden = id !== section;
}

function ask(question, send) {
  draw(by("answer"), question);
  sendAnswer = send;
  show("question");
  by("answer").querySelector("input, select")?.focus();
}

async function showWhoIsSignedIn() {
  const session = await request("GET", "session");
  show(session ? "somebody" : "nobody");
  if (!session) return;
  by("username").textContent = session.user.username;
  by("until").textContent = new Date(session.expires_at).toLocaleString();
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
  by("answer").replaceChildren();
  const goingOn = interrupted;
  interrupted = null;
  // Somebody else may have signed in instead: nothing that one person has begun goes on for another.
  if (goingOn?.sub === user.sub) return goingOn.act();
  if (next) return location.assign(next);
  await showWhoIsSignedIn();
}

// What is sensitive asks for a recent sign-in: then ask for one, and do it again.
async function withFreshSignIn(act) {
  try {
    await act();
  } catch (refusal) {
    if (refusal.code !== "step_up_required") throw refusal;
    const {user} = await request("GET", "session");
    interrupted = {act, sub: user.sub};
    by("sign-in").username.value = user.username;
    show("nobody");
    say("Please sign in again to go on.");
  }
}

// `next` is anybody's word, so it leads to this app or nowhere.
function ownAddress(text) {
  if (text === null || !URL.canParse(text, location.origin)) return null;
  const url = new URL(text, location.origin);
  return url.origin === location.origin ? url : null;
}

onSubmit("sign-in", async ({username, password}) =>
  goOn(await request("POST", "session/sign-in", {username, password})));

const signInBy = more => run(async () => {
  const {username} = by("sign-in");
  if (username.reportValidity()) {
    const body = {username: username.value, auth_flow: "USER_AUTH", ...more};
    await goOn(await request("POST", "session/sign-in", body));
  }
});
by("use-passkey").addEventListener("click", () => signInBy({preferred_challenge: "WEB_AUTHN"}));
by("choose").addEventListener("click", () => signInBy({}));

onSubmit("sign-up", async ({username, password, email}) => {
  const signedUp = await request("POST", "session/sign-up", {username, password, attributes: {email}});
  const confirmed = async () => {
    by("sign-up").reset();
    by("sign-in").username.value = username;
    show("nobody");
    say("Welcome. Now sign in.");
  };
  if (signedUp.confirmed) return confirmed();
  ask(askForCode(`It was sent to ${signedUp.delivery.destination}.`), async ({code}) => {
    await request("POST", "session/sign-up/confirm", {username, code});
    await confirmed();
  });
});

onSubmit("answer", values => sendAnswer(values));
onSubmit("start-again", showWhoIsSignedIn);

onSubmit("add-authenticator", () => withFreshSignIn(async () => {
  const secret = await request("POST", "account/mfa/totp");
  ask(askForFirstCode(secret), async ({code}) => {
    await request("POST", "account/mfa/totp/verify", {code});
    await request("PUT", "account/mfa", {software_token_mfa_settings: {enabled: true, preferred_mfa: true}});
    await showWhoIsSignedIn();
    say("The authenticator app is asked for from now on.");
  });
}));

onSubmit("add-passkey", () => withFreshSignIn(async () => {
  const credential = await createPasskey(await request("POST", "account/passkeys/options"));
  await request("POST", "account/passkeys", {credential});
  await showWhoIsSignedIn();
  say("The passkey can be used from now on.");
}));

onSubmit("sign-out", async () => {
  await request("POST", "session/sign-out");
  await showWhoIsSignedIn();
  say("Signed out.");
});

run(async () => {
  const offers = await request("GET", "offers");
  for (const part of document.querySelectorAll("[data-offer]")) part.hidden = !offers[part.dataset.offer];
  for (const part of document.querySelectorAll(".address")) part.textContent = location.origin;
  for (const link of document.querySelectorAll(".comes-back")) {
    const url = new URL(link.href);
    url.searchParams.set("next", next ? next.pathname + next.search : "/");
    link.href = url;
  }
  await showWhoIsSignedIn();
});
