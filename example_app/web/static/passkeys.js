// What the browser does with a passkey; the app's endpoints speak the browser's own JSON.

export const createPasskey = ({credential_creation_options: options}) =>
  credential("create", "parseCreationOptionsFromJSON", options);

export const usePasskey = ({credential_request_options: options}) =>
  credential("get", "parseRequestOptionsFromJSON", options);

async function credential(act, parse, options) {
  if (!globalThis.PublicKeyCredential?.[parse]) throw new Error("This browser cannot use passkeys.");
  try {
    return (await navigator.credentials[act]({publicKey: PublicKeyCredential[parse](options)})).toJSON();
  } catch (error) {
    throw new Error(WORDS[error.name] ?? "The passkey did not work. Try another way.");
  }
}

// Browsers say things like "The operation either timed out or was not allowed", in their own language.
const WORDS = {
  // They do not tell which it is, so that no page learns what passkeys somebody has.
  NotAllowedError: "No passkey was used: it was cancelled, or there is none here. Try another way.",
  InvalidStateError: "This device has a passkey for this account already.",
  SecurityError: "Passkeys of this account do not work at this address.",
};
