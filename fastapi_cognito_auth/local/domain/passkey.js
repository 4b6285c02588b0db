// What a browser does with a passkey: it answers the options of a form, and the form takes the answer along.

const PARSE = {create: "parseCreationOptionsFromJSON", get: "parseRequestOptionsFromJSON"};
// Browsers do not tell which it is, so that no page learns what passkeys somebody has.
const NONE = "No passkey was used: it was cancelled, or there is none here.";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const {passkey: act, options} = form.dataset;
    const told = form.querySelector("[role=alert]");
    told.textContent = "";
    if (!globalThis.PublicKeyCredential?.[PARSE[act]]) {
      told.textContent = "This browser cannot use passkeys.";
      return;
    }
    try {
      const publicKey = PublicKeyCredential[PARSE[act]](JSON.parse(options));
      form.elements.credential.value = JSON.stringify(await navigator.credentials[act]({publicKey}));
    } catch (error) {
      told.textContent = error.name === "InvalidStateError" ? "This device has a passkey already." : NONE;
      return;
    }
    form.submit();
  });
  form.querySelector("button").hidden = false;
}
