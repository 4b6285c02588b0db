// What the browser does with a passkey; the app's endpoints speak the browser's own JSON.

export async function createPasskey({credential_creation_options: options}) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({publicKey})).toJSON();
}

export async function usePasskey({credential_request_options: options}) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({publicKey})).toJSON();
}
