// The form that asks the user for something: the answer to a challenge, or a code.

import {run} from "./api.js";

const CODE = {name: "code", label: "Code", autocomplete: "one-time-code", inputMode: "numeric"};
const PASSWORD = {name: "password", label: "Password", type: "password", autocomplete: "current-password"};
const NEW_PASSWORD = {
  name: "new_password", label: "New password", type: "password", autocomplete: "new-password",
};
const EMAIL = {name: "email", label: "E-mail address", type: "email", autocomplete: "email"};

export const sentTo = delivery => delivery?.destination
  ? `It was sent to ${delivery.destination}.`
  : "It was sent to the address that the pool knows.";

// A password manager has to see whose password it is.
const named = username => username === undefined ? []
  : [{name: "username", label: "Username", value: username, autocomplete: "username", readOnly: true}];

export const askForCode = (text, {username, other} = {}) => ({text, other, fields: [...named(username), CODE]});

export const askForNewPassword = (text, {username, other}) => ({
  text, other, fields: [...named(username), CODE, {...NEW_PASSWORD, name: "password"}],
});

// A secret for an authenticator app, as a picture and to be typed in.
export const askForFirstCode = ({secret_code: secret, qr_svg: picture}) => ({
  text: "Scan this with your authenticator app, or type the key into it. Then enter the code that it shows.",
  picture, secret, fields: [CODE],
});

// What is asked for a challenge, by its name at Cognito.
export function askForAnswer(challenge, parameters) {
  switch (challenge) {
    case "NEW_PASSWORD_REQUIRED": {
      const attributes = parameters.required_attributes.map(name => ({name: `attributes.${name}`, label: name}));
      return {text: "Choose a password of your own.", fields: [NEW_PASSWORD, ...attributes]};
    }
    case "MFA_SETUP":
      return {text: "Codes come to this address from now on.", fields: [EMAIL]};
    case "SOFTWARE_TOKEN_MFA":
      return askForCode("Your authenticator app shows a code.");
    case "SMS_MFA":
    case "SMS_OTP":
    case "EMAIL_OTP":
      return askForCode(sentTo(parameters));
    case "SELECT_MFA_TYPE":
      return {text: "Choose a second factor.", fields: [choice(parameters.mfas_can_choose)]};
    case "SELECT_CHALLENGE":
      return {text: "Choose how to sign in.", fields: [choice(parameters.available_challenges)]};
    case "PASSWORD":
    case "PASSWORD_SRP":
      return {text: "", fields: [PASSWORD]};
    default: // CUSTOM_CHALLENGE: what the pool's own triggers ask
      return {text: Object.values(parameters).join(" "), fields: [{name: "answer", label: "Answer"}]};
  }
}

const WORDS = {
  PASSWORD: "Password",
  PASSWORD_SRP: "Password",
  WEB_AUTHN: "Passkey",
  SOFTWARE_TOKEN_MFA: "Code of an authenticator app",
  EMAIL_OTP: "Code by e-mail",
  SMS_OTP: "Code by text message",
  SMS_MFA: "Code by text message",
};

// The two ways of a password are one to a person; with SRP the app proves it to the pool without telling it.
const choice = names => ({
  name: "answer", label: "How", choices: names.filter(name => name !== "PASSWORD" || !names.includes("PASSWORD_SRP")),
});

// The answer as the app takes it: the members of `attributes` are an object of their own.
export function answerOf(values) {
  const answer = {};
  for (const [name, value] of Object.entries(values)) {
    const [first, second] = name.split(".", 2);
    if (second) (answer[first] ??= {})[second] = value;
    else answer[first] = value;
  }
  return answer;
}

// Draws the form anew. Texts of others are only ever set as text.
export function draw(form, {text, picture, secret, fields, other}) {
  const parts = [element("p", {textContent: text})];
  if (picture) {
    parts.push(element("img", {alt: "QR code", src: `data:image/svg+xml,${encodeURIComponent(picture)}`}));
    parts.push(element("code", {textContent: secret}));
  }
  for (const {label, choices, ...rest} of fields) {
    const input = choices
      ? element("select", rest, ...choices.map(name => element("option", {value: name, textContent: WORDS[name] ?? name})))
      : element("input", {required: true, ...rest});
    parts.push(element("label", {}, `${label} `, input));
  }
  parts.push(element("button", {textContent: "Continue"}));
  if (other) {
    const button = element("button", {type: "button", textContent: other.label});
    button.addEventListener("click", () => run(other.act));
    parts.push(button);
  }
  form.replaceChildren(...parts);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
