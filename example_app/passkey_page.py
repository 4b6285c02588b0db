"""The page at `/passkeys`: register a passkey, and sign in with it. A few lines of script do."""

PASSKEY_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Passkeys</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; }
  label, button { display: block; margin: .6rem 0; }
  output { display: block; background: #f4f4f5; padding: .75rem 1rem; border-radius: .4rem; }
</style>
<h1>Passkeys</h1>
<p>Open this page by the name <code>localhost</code>: browsers make no passkeys for an IP address.</p>
<label>Username <input id="username" value="analyst" autocomplete="username webauthn"></label>
<label>Password <input id="password" type="password" autocomplete="current-password"></label>
<button id="sign-in">Sign in with the password</button>
<button id="add">Add a passkey</button>
<button id="use">Sign in with a passkey</button>
<output id="result">Nothing yet.</output>
<script>
const value = id => document.getElementById(id).value;
let accessToken = null;

async function post(path, body) {
  const headers = {"Content-Type": "application/json"};
  if (accessToken) headers.Authorization = `Bearer ${accessToken}`;
  const response = await fetch(path, {method: "POST", headers, body: JSON.stringify(body ?? {})});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail.code);
  return answer;
}

async function signIn() {
  accessToken = null;
  const answer = await post("/auth/sign-in", {username: value("username"), password: value("password")});
  accessToken = answer.access_token ?? null;
  return answer.status === "signed_in" ? "Signed in with the password." : `Asked for ${answer.challenge}.`;
}

async function addPasskey() {
  const {credential_creation_options: options} = await post("/account/passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({publicKey});
  await post("/account/passkeys", {credential: credential.toJSON()});
  return "Passkey added.";
}

async function usePasskey() {
  accessToken = null;
  const asked = await post("/auth/sign-in", {
    username: value("username"), auth_flow: "USER_AUTH", preferred_challenge: "WEB_AUTHN",
  });
  if (asked.challenge !== "WEB_AUTHN") throw new Error("this user has no passkey");
  const options = asked.parameters.credential_request_options;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({publicKey});
  const answer = await post("/auth/challenge", {
    challenge: asked.challenge, session: asked.session, credential: credential.toJSON(),
  });
  accessToken = answer.access_token ?? null;
  return answer.status === "signed_in" ? "Signed in with the passkey." : `Asked for ${answer.challenge}.`;
}

for (const [id, action] of [["sign-in", signIn], ["add", addPasskey], ["use", usePasskey]]) {
  document.getElementById(id).addEventListener("click", async () => {
    const result = document.getElementById("result");
    result.textContent = "…";
    try {
      result.textContent = await action();
    } catch (error) {
      result.textContent = `Refused: ${error.message}`;
    }
  });
}
</script>
</html>
"""
