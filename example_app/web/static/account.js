// What somebody who is signed in does with the account.

import {onSubmit, request, run, say} from "./api.js";
import {createPasskey} from "./passkeys.js";
import {askForFirstCode} from "./questions.js";
import {ask, by} from "./sections.js";
import {showWhoIsSignedIn, withFreshSignIn} from "./sign-in.js";

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

onSubmit("change-password", async ({previous_password, proposed_password}) => {
  await request("PUT", "account/password", {previous_password, proposed_password});
  const {username} = by("change-password");
  const {value} = username;
  by("change-password").reset();
  username.value = value;
  say("The password is changed. Browsers that are signed in stay so.");
});

// Sessions in Redis can be listed; those in cookies are in the browsers alone.
async function showSessions() {
  const sessions = await request("GET", "session/all");
  by("sessions").replaceChildren(...sessions.map(({session_id: id, used_at: used, is_current: isCurrent}) => {
    const item = document.createElement("li");
    item.textContent = isCurrent ? "This browser" : `Used on ${new Date(used).toLocaleString()}`;
    if (!isCurrent) {
      const button = Object.assign(document.createElement("button"), {type: "button", textContent: "Sign out there"});
      button.addEventListener("click", () => run(async () => {
        await request("DELETE", `session/all/${id}`);
        await showSessions();
        say("That browser is signed out.");
      }));
      item.append(button);
    }
    return item;
  }));
}
by("browsers").addEventListener("toggle", () => by("browsers").open && run(showSessions));

onSubmit("sign-out-others", async () => {
  await request("DELETE", "session/all?keep_current=true");
  await showSessions();
  say("All other browsers are signed out.");
});

onSubmit("sign-out", async () => {
  await request("POST", "session/sign-out");
  await showWhoIsSignedIn();
  say("Signed out.");
});

onSubmit("sign-out-everywhere", async () => {
  const {other_access_tokens_valid_until: until} = await request("POST", "account/sign-out-everywhere");
  await showWhoIsSignedIn();
  const left = until === null ? "" : ` Elsewhere it may take until ${new Date(until * 1000).toLocaleString()}.`;
  say(`Signed out everywhere.${left}`);
});
