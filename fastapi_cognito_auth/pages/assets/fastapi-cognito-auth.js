// The client of `fastapi_cognito_auth`, for pages and programs of one's own: it signs in whatever the pool
// asks, keeps signed in, and makes the requests of an app. One module, of which nothing else is needed.
//
//   Errors · Passkeys · Attempts · What both clients do · Cookie sessions · Bearer tokens · Small things

// Errors ----------------------------------------------------------------------------------------------------

// What was refused. It has the app's words and never what was sent: nothing in it is secret.
export class AuthError extends Error {
  constructor(code, { message = code, status = 0, retryAfter, errors, maxAge, acrValues } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.errors = errors ?? [];
    this.maxAge = maxAge;
    this.acrValues = acrValues ?? [];
  }

  get name() {
    return "AuthError";
  }
}

// The pool asks for something that this version does not know, so that no answer to it can be right.
export class UnknownChallengeError extends AuthError {
  constructor(challenge) {
    super("unknown_challenge", { message: "This app asks for something that this page does not know." });
    this.challenge = challenge;
  }

  get name() {
    return "UnknownChallengeError";
  }
}

export class PasskeyError extends AuthError {
  get name() {
    return "PasskeyError";
  }
}

const unreachable = (status) =>
  new AuthError("unreachable", { message: "The app cannot be reached at the moment. Please try again.", status });

// Reads a refusal in the shape of the app, or as problem details (RFC 9457) that have its code.
function refusal(response, body) {
  const detail = typeof body?.detail?.code === "string" ? body.detail : (body ?? {});
  const asked = challengeOf(response);
  const isStepUp = asked.error === "insufficient_user_authentication";
  const code = typeof detail.code === "string" ? detail.code : isStepUp ? STEP_UP : undefined;
  if (code === undefined && response.status >= 500) return unreachable(response.status);
  const wait = response.headers.get("Retry-After") ?? "";
  const maxAge = detail.max_age ?? asked.max_age;
  return new AuthError(code ?? `http_${response.status}`, {
    message: [detail.message, detail.title, asked.error_description].find((text) => typeof text === "string"),
    status: response.status,
    retryAfter: /^\d+$/.test(wait) ? Number(wait) : undefined,
    errors: Array.isArray(detail.errors) ? detail.errors : undefined,
    maxAge: maxAge === undefined || maxAge === null ? undefined : Number(maxAge),
    acrValues: detail.acr_values ?? asked.acr_values?.split(" "),
  });
}

// `WWW-Authenticate` (RFC 6750 section 3), as far as scripts may read it.
function challengeOf(response) {
  const header = response.headers.get("WWW-Authenticate") ?? "";
  return Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

async function answerOf(response) {
  if (response.status === 204) return undefined;
  const body = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response, body);
  // What stands before the app answered in its stead.
  if (body === undefined) throw unreachable(response.status);
  return body;
}

// A refusal of a response that goes on to whoever asked; nothing for any other.
async function refusalIn(response) {
  if (response.status !== 401) return undefined;
  return refusal(response, await response.clone().json().catch(() => undefined));
}

const STEP_UP = "step_up_required";

// Passkeys --------------------------------------------------------------------------------------------------

// Browsers say things like "The operation either timed out or was not allowed", and in their own language.
const PASSKEY_FAULTS = {
  // They do not tell which, so that no page learns what passkeys somebody has.
  NotAllowedError: ["passkey_refused", "No passkey was used: it was cancelled, or there is none here."],
  InvalidStateError: ["passkey_exists", "This device has a passkey for this account already."],
  SecurityError: ["passkey_elsewhere", "Passkeys of this account do not work at this address."],
};

export const passkeysAvailable = () =>
  typeof globalThis.PublicKeyCredential === "function" && globalThis.navigator?.credentials !== undefined;

// Signs with a passkey; the answer is JSON for the app.
export const usePasskey = (options, { signal } = {}) =>
  ceremony("get", "parseRequestOptionsFromJSON", options, signal);

// Makes a passkey; the answer is JSON for the app.
export const createPasskey = (options, { signal } = {}) =>
  ceremony("create", "parseCreationOptionsFromJSON", options, signal);

let ceremonyNow; // browsers do one at a time

async function ceremony(act, parse, given, signal) {
  signal?.throwIfAborted();
  if (!passkeysAvailable()) {
    throw new PasskeyError("passkeys_unavailable", { message: "This browser cannot use passkeys here." });
  }
  ceremonyNow?.abort();
  const own = (ceremonyNow = new AbortController());
  const stop = () => own.abort();
  signal?.addEventListener("abort", stop);
  try {
    const options = withoutNulls(given.publicKey ?? given);
    const publicKey = PublicKeyCredential[parse]?.(options) ?? parsedByHand(options);
    const credential = await navigator.credentials[act]({ publicKey, signal: own.signal });
    own.signal.throwIfAborted(); // some answer all the same
    return credentialAsJson(credential);
  } catch (error) {
    signal?.throwIfAborted();
    const [code, message] = PASSKEY_FAULTS[error.name] ?? ["passkey_failed", "The passkey did not work."];
    throw own.signal.aborted
      ? new PasskeyError("passkey_replaced", { message: "Another passkey was asked for." })
      : new PasskeyError(code, { message });
  } finally {
    signal?.removeEventListener("abort", stop);
    if (ceremonyNow === own) ceremonyNow = undefined;
  }
}

// To a browser `null` is zero where it takes a number.
const withoutNulls = (json) => JSON.parse(JSON.stringify(json), (_, value) => (value === null ? undefined : value));

// For browsers that have passkeys, and not the methods for their JSON.
function parsedByHand({ challenge, user, allowCredentials, excludeCredentials, ...rest }) {
  const known = (list) => list?.map((one) => ({ ...one, id: bytesOf(one.id) }));
  return {
    ...rest,
    challenge: bytesOf(challenge),
    ...(user && { user: { ...user, id: bytesOf(user.id) } }),
    ...(allowCredentials && { allowCredentials: known(allowCredentials) }),
    ...(excludeCredentials && { excludeCredentials: known(excludeCredentials) }),
  };
}

function credentialAsJson(credential) {
  try {
    return credential.toJSON();
  } catch {
    // Extensions that stand in for the browser often lack it.
    const { response } = credential;
    const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const bytes = names.filter((name) => response[name]).map((name) => [name, textOf(response[name])]);
    return {
      id: credential.id,
      rawId: textOf(credential.rawId),
      type: credential.type,
      clientExtensionResults: {},
      response: { ...Object.fromEntries(bytes), ...(response.getTransports && { transports: response.getTransports() }) },
    };
  }
}

// Attempts --------------------------------------------------------------------------------------------------

export const CHALLENGES = Object.freeze([
  "NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP", "SMS_OTP", "SELECT_MFA_TYPE",
  "SELECT_CHALLENGE", "PASSWORD", "PASSWORD_SRP", "WEB_AUTHN", "CUSTOM_CHALLENGE",
]);

// A sign-in from its first answer to its end. It asks (`question`), and takes answers until somebody is signed in.
export class Attempt {
  #asked; // the challenge as it came, with the session that belongs to it
  #refused;
  #send;
  #finish;
  #keep;
  #sending;
  #answers = 0;
  #waiting = [];
  #over;
  result = null;

  // Clients make it.
  constructor({ send, finish, keep }) {
    this.#send = send;
    this.#finish = finish;
    this.#keep = keep;
  }

  // What is asked now, or nothing once it is over: the challenge without its session, and what was wrong with the
  // last answer to it.
  get question() {
    if (!this.#asked) return null;
    const { challenge, parameters, until } = this.#asked;
    return { challenge, parameters, expiresAt: new Date(until), refusal: this.#refused };
  }

  // Sends an answer, and returns what is asked next. A double click sends once.
  answer(values) {
    this.#sending ??= this.#answer(values).finally(() => {
      this.#sending = undefined;
      this.#answers += 1;
      for (const wake of this.#waiting.splice(0)) wake();
    });
    return this.#sending;
  }

  async #answer(values) {
    const { challenge, session } = this.#open();
    try {
      await this._take(await this.#send("/challenge", { ...values, challenge, session }));
    } catch (error) {
      this.#refuse(error);
      throw error;
    }
    return this.question;
  }

  // Answers `WEB_AUTHN`. When it is refused another way begins with another sign-in: the pool takes no second choice.
  async usePasskey({ signal } = {}) {
    const { parameters } = this.#open();
    return this.answer({ credential: await usePasskey(parameters.credential_request_options, { signal }) });
  }

  // Gets the secret of `MFA_SETUP` for an authenticator app, whose first code is the answer.
  async setUpTotp() {
    const asked = this.#open();
    try {
      const { session, ...secret } = await this.#send("/challenge/totp", { session: asked.session });
      this._resume({ ...asked, session });
      return secret;
    } catch (error) {
      this.#refuse(error);
      throw error;
    }
  }

  // Every question as often as it is to be put: once, and again after an answer that was refused.
  async *[Symbol.asyncIterator]() {
    while (this.#asked) {
      const before = this.#answers;
      yield this.question;
      while (this.#answers === before && this.#asked) await new Promise((wake) => this.#waiting.push(wake));
    }
    if (!this.result) throw this.#over;
  }

  // The same by a callback, which returns the answer, or nothing where it has given it to this object itself.
  async run(ask) {
    for await (const question of this) {
      const values = await ask(question, this);
      // What is wrong with it comes with the next question.
      if (values) await this.answer(values).catch(() => undefined);
    }
    return this.result;
  }

  // Forgets it; whoever waits for a question hears so.
  cancel() {
    this.#end(new AuthError("attempt_over", { message: "The sign-in was cancelled." }));
  }

  // Takes what a request answered, for the client.
  async _take(answer) {
    if (answer.status === "signed_in") {
      this.result = await this.#finish(answer);
      this.#end();
      return;
    }
    if (!CHALLENGES.includes(answer.challenge)) {
      const error = new UnknownChallengeError(String(answer.challenge));
      this.#end(error);
      throw error;
    }
    const { challenge, parameters, session, expires_in: seconds } = answer;
    this._resume({ challenge, parameters, session, until: Date.now() + seconds * 1000 });
  }

  // Asks what was kept, for the client.
  _resume(asked) {
    this.#refused = undefined;
    this.#asked = asked;
    this.#keep(asked);
  }

  #open() {
    if (!this.#asked) throw this.#over ?? new AuthError("attempt_over", { message: "The sign-in is over." });
    return this.#asked;
  }

  // After most refusals the same question can be answered again: a wrong code, a weak password, a pool that is busy.
  #refuse(error) {
    this.#refused = error;
    if (error.status === 401 || ENDS_AN_ATTEMPT.includes(error.code)) this.#end(error);
  }

  #end(error) {
    this.#over ??= error;
    this.#asked = undefined;
    this.#keep(null);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

const ENDS_AN_ATTEMPT = ["invalid_session", "password_reset_required", "user_not_confirmed"];

// What both clients do --------------------------------------------------------------------------------------

const CHANNEL = "fastapi-cognito-auth"; // nothing is said in it but that a browser may be signed in or out
const CHECK_EVERY = 30_000; // ms between questions when a tab is looked at again

class Client {
  #address;
  #account;
  #fetch;
  #attempts;
  #onStepUp;
  #steppingUp;
  #user;
  #turns = 0; // of what is known of the user: an answer that was overtaken has nothing to say
  #watchers = new Set();
  #channel;
  #checkedAt = 0;
  #unlisten = () => undefined;

  constructor(address, { account, attempts, fetch, onStepUp } = {}) {
    const app = new URL(address, baseOfPage());
    // Others have no origin, or all the same, and a token belongs to one.
    if (!isOfHttp(app)) throw new TypeError("the address of the app has to be one of http or https");
    this.#address = app.href.replace(/\/+$/, "");
    this.#account = account === undefined ? undefined : new URL(account, this.#address).href.replace(/\/+$/, "");
    this.#attempts = attempts;
    this.#fetch = fetch ?? ((...given) => globalThis.fetch(...given));
    this.#onStepUp = onStepUp;
    // Handed on as they are, to a hook or to another library.
    this.fetch = this.fetch.bind(this);
    this.watch = this.watch.bind(this);
  }

  // Who is signed in as far as is known: `undefined` before that was asked, `null` for nobody. For display alone;
  // the app decides by what it verifies.
  get user() {
    return this.#user;
  }

  // Signing in and up.

  async signIn(body) {
    const attempt = this.#attempt();
    await attempt._take(await this._ask("POST", "/sign-in", body));
    return attempt;
  }

  // The attempt that was under way when the page was loaded anew, if its time is not over.
  resume() {
    const kept = jsonOf(this.#attempts?.getItem(this.#name));
    if (!kept || !(kept.until > Date.now()) || !CHALLENGES.includes(kept.challenge)) {
      this.#attempts?.removeItem(this.#name);
      return null;
    }
    const attempt = this.#attempt();
    attempt._resume(kept);
    return attempt;
  }

  signUp(body) {
    return this._ask("POST", "/sign-up", body);
  }

  confirmSignUp(body) {
    return this._ask("POST", "/sign-up/confirm", body);
  }

  resendCode(body) {
    return this._ask("POST", "/sign-up/resend-code", body);
  }

  forgotPassword(body) {
    return this._ask("POST", "/password/forgot", body);
  }

  resetPassword(body) {
    return this._ask("POST", "/password/reset", body);
  }

  config() {
    return this._ask("GET", "/config");
  }

  // Makes a passkey for who is signed in, at `account`, where `auth.account_router` is.
  async addPasskey({ signal } = {}) {
    if (!this.#account) throw new TypeError("addPasskey() needs the option `account`");
    const { credential_creation_options: options } = await this.call("POST", `${this.#account}/passkeys/options`);
    const credential = await createPasskey(options, { signal });
    await this.call("POST", `${this.#account}/passkeys`, { credential });
  }

  // Requests of the app.

  // `fetch` of the app's own endpoints: as who is signed in, whose token goes to no other origin. Where a more recent
  // or a stronger sign-in is asked for, `onStepUp` is, and the request is made once more.
  async fetch(input, { stepUp = true, ...init } = {}) {
    const url = new URL(input instanceof Request ? input.url : input, this.#base);
    const asked = input instanceof Request ? input : url.href;
    if (!this.#isOwn(url)) return this.#fetch(asked, init);
    const request = new Request(asked, { ...this._credentials(), ...init });
    const response = await this.#stepUp(await this._send(request), request, stepUp);
    if (response.status === 401) this._refused(await refusalIn(response));
    return response;
  }

  // The same for JSON: it returns what the app answers, and throws what it refuses.
  async call(method, path, body, init = {}) {
    const headers = new Headers(init.headers);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return answerOf(await this.#reach(() => this.fetch(path, { ...init, method, headers, body: sent })));
  }

  async #stepUp(response, request, isWanted) {
    const refused = isWanted && this.#onStepUp ? await refusalIn(response) : undefined;
    if (refused?.code !== STEP_UP) return response;
    // Requests of one moment share the question. Whoever asks for something within it says `stepUp: false`.
    this.#steppingUp ??= this.#askForStepUp(refused).finally(() => (this.#steppingUp = undefined));
    return (await orAborted(this.#steppingUp, request.signal)) ? this._send(request) : response;
  }

  async #askForStepUp(refused) {
    const before = await this.check();
    if (!(await this.#onStepUp(refused))) return false;
    const after = await this.check();
    // What one person has begun does not go on for another who signed in instead.
    return before !== null && before.sub === after?.sub;
  }

  // Who is signed in, and changes of it.

  // Asks who is signed in.
  async check() {
    const turn = (this.#turns += 1);
    this.#checkedAt = Date.now();
    const user = await this._current();
    if (turn === this.#turns) this.#set(user);
    return user;
  }

  // Tells a listener of every change, in this tab and in others, until the function that it returns is called.
  watch(listener) {
    const each = { listener };
    this.#watchers.add(each);
    if (this.#watchers.size === 1) this.#listen();
    if (this.#user === undefined) this._checkQuietly();
    return () => {
      if (this.#watchers.delete(each) && this.#watchers.size === 0) this.#unlisten();
    };
  }

  #listen() {
    const stopped = new AbortController();
    const { signal } = stopped;
    const channel = globalThis.BroadcastChannel && new BroadcastChannel(CHANNEL);
    channel?.addEventListener("message", () => this._heard(), { signal });
    channel?.unref?.(); // node would wait for it
    this.#channel = channel;
    // The session may have ended where no tab of this browser heard of it.
    const onLook = () => {
      const isDue = Date.now() - this.#checkedAt > CHECK_EVERY;
      if (isDue && document.visibilityState === "visible") this._checkQuietly();
    };
    globalThis.document?.addEventListener("visibilitychange", onLook, { signal });
    // The page as it was left, maybe before a sign-out.
    const onShow = (event) => event.persisted && this._checkQuietly();
    globalThis.window?.addEventListener("pageshow", onShow, { signal });
    this.#unlisten = () => {
      stopped.abort();
      channel?.close();
      this.#channel = undefined;
    };
  }

  #set(user) {
    if (JSON.stringify(user) === JSON.stringify(this.#user)) return;
    this.#user = user;
    for (const { listener } of [...this.#watchers]) {
      // What one listener does wrong is its own, and no reason to tell the others nothing.
      try {
        listener(user);
      } catch (error) {
        queueMicrotask(() => { throw error; });
      }
    }
  }

  // For the two kinds of client.

  get _address() {
    return this.#address;
  }

  // What is known now, to be told to all tabs.
  _changed(user) {
    this.#turns += 1;
    this.#set(user);
    const channel = this.#channel ?? (globalThis.BroadcastChannel && new BroadcastChannel(CHANNEL));
    channel?.postMessage("changed");
    if (channel !== this.#channel) channel.close();
  }

  // Asks something of the router; nothing is refreshed, and nobody asked for more.
  async _ask(method, path, body, { headers, signal } = {}) {
    const init = { ...this._credentials(), method, signal, headers: { ...headers } };
    if (body !== undefined) {
      init.headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const response = await this.#reach(() => this.#fetch(this.#address + path, init));
    const answer = await answerOf(response);
    // What stands before the app answered in its stead. Nobody's session alone is `null`.
    const isOurs = answer === undefined || isObject(answer) || (answer === null && path === "");
    if (!isOurs) throw unreachable(response.status);
    return answer;
  }

  _send(request) {
    return this.#fetch(request.clone());
  }

  _credentials() {
    return {};
  }

  // An app that does not answer signs nobody out.
  _checkQuietly() {
    this.check().catch(() => undefined);
  }

  // Another tab has said that something changed.
  _heard() {
    this._checkQuietly();
  }

  // Something of the user was refused: the session may be over.
  _refused(error) {
    if (SIGNED_OUT.includes(error?.code) && this.#user) this._checkQuietly();
  }

  async #reach(request) {
    try {
      return await request();
    } catch (error) {
      // Browsers tell no script why a request failed, and each in words of its own.
      throw error instanceof TypeError ? unreachable(0) : error;
    }
  }

  #attempt() {
    return new Attempt({
      send: (path, body) => this._ask("POST", path, body),
      finish: (answer) => this._signedIn(answer),
      keep: (asked) => {
        if (asked) this.#attempts?.setItem(this.#name, JSON.stringify(asked));
        else this.#attempts?.removeItem(this.#name);
      },
    });
  }

  get #name() {
    return `fastapi-cognito-auth.attempt ${this.#address}`;
  }

  get #origin() {
    return new URL(this.#address).origin;
  }

  // `blob:` has the origin of who made it, and is not the app.
  #isOwn(url) {
    return isOfHttp(url) && url.origin === this.#origin;
  }

  // Where relative addresses begin: at the page, as everywhere, unless the app is at another origin.
  get #base() {
    const page = baseOfPage();
    return page && this.#isOwn(new URL(page)) ? page : this.#address;
  }
}

const SIGNED_OUT = ["not_authenticated", "token_expired", "token_revoked", "invalid_token", "invalid_signature"];

// Cookie sessions -------------------------------------------------------------------------------------------

// Of `auth.session_router`: the tokens are in cookies that no script reads, and the app refreshes them. The browser
// says itself whose page sends a request, which is what the app believes (`cross_site_request`).
export class SessionClient extends Client {
  async signOut() {
    try {
      const answer = await this._ask("POST", "/sign-out");
      this._changed(null);
      return answer;
    } catch (error) {
      // The cookies are gone; a copy of them may be good for some time.
      if (error.code === "sessions_unavailable") this._changed(null);
      throw error;
    }
  }

  async _current() {
    return (await this._ask("GET", ""))?.user ?? null;
  }

  async _signedIn({ user, new_device: newDevice }) {
    if (!isObject(user)) throw unreachable(200);
    this._changed(user);
    return { user, newDevice };
  }

  // To an app at another origin, which has to trust the page's (`COGNITO_TRUSTED_ORIGINS`), cookies go on demand.
  _credentials() {
    const isOwn = new URL(this._address).origin === globalThis.location?.origin;
    return { credentials: isOwn ? "same-origin" : "include" };
  }
}

// Bearer tokens ---------------------------------------------------------------------------------------------

const LOCK_WAIT = 10_000; // ms until a tab goes on without the lock
const LOCK_HELD = 8_000; // ms until a tab gives the lock back, whatever became of its refresh
const SETTLING = 250; // ms in which what one tab has stored is seen by the others: browsers tell them by and by

// Of `auth.router`: the tokens are with the client, in memory, or where `storage` keeps them.
export class BearerClient extends Client {
  #storage;
  #device;
  #renewing;
  #unproven; // a token that came by a refresh and that no route has taken yet

  constructor(address, { storage = inMemory(), device, ...options } = {}) {
    super(address, options);
    this.#storage = storage;
    this.#device = device;
  }

  // The tokens as they are kept, for what is no request of this client, such as a WebSocket.
  async tokens() {
    const kept = jsonOf(await this.#storage.getItem(this.#name));
    // Whatever else writes there: what is no token is nobody's, is not sent, and no error repeats it.
    return kept && userOf(kept.access_token) ? kept : null;
  }

  // Gets other tokens, with the groups and attributes of now; the app's refusals do so by themselves.
  async refresh() {
    const held = await this.tokens();
    this.#renewing ??= this.#renew(held?.access_token).finally(() => (this.#renewing = undefined));
    await this.#renewing;
    return this.tokens();
  }

  async signIn(body) {
    return super.signIn(this.#device === undefined ? body : { device: this.#device, ...body });
  }

  // Signs out here first: whatever the app answers, this client holds no tokens afterwards.
  async signOut() {
    const held = await this.tokens();
    await this.#keep(null);
    this._changed(null);
    const headers = held ? { Authorization: `Bearer ${held.access_token}` } : {};
    return this._ask("POST", "/sign-out", held?.refresh_token ? { refresh_token: held.refresh_token } : {}, { headers });
  }

  async _ask(method, path, body, options = {}) {
    // A stronger sign-in credits what the user did already.
    const held = path === "/sign-in" && body?.target_acr_values ? await this.tokens() : null;
    const headers = held ? { Authorization: `Bearer ${held.access_token}` } : {};
    return super._ask(method, path, body, { ...options, headers: { ...headers, ...options.headers } });
  }

  async _current() {
    const held = await this.tokens();
    return held && userOf(held.access_token);
  }

  async _signedIn({ new_device: newDevice, ...tokens }) {
    await this.#keep(keptOf(tokens));
    const user = userOf(tokens.access_token);
    this._changed(user);
    return { user, newDevice };
  }

  async _send(request) {
    const sent = await this.#sendAsUser(request);
    // Our own word alone: another 401 is the app's, and a refresh would not help.
    const refused = sent.token && (await refusalIn(sent.response));
    if (refused?.code === "token_revoked") await this.#signedOutElsewhere(sent.token);
    if (refused?.code !== "token_expired") {
      if (!refused && sent.token === this.#unproven) this.#unproven = undefined;
      return sent.response;
    }
    if (!(await this.#renewed(sent.token))) return sent.response;
    return (await this.#sendAsUser(request, sent)).response;
  }

  async #sendAsUser(request, before) {
    const held = request.headers.has("Authorization") ? null : await this.tokens();
    // What one person has begun does not go on for another who signed in instead, or for nobody.
    if (before && (!held || userOf(held.access_token).sub !== userOf(before.token).sub)) return before;
    if (!held) return { response: await super._send(request) };
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${held.access_token}`);
    return { response: await super._send(new Request(request.clone(), { headers })), token: held.access_token };
  }

  // Sees to another access token, and tells whether there is one: one refresh for all requests of this tab.
  async #renewed(refused) {
    const held = await this.tokens();
    if (held?.access_token !== refused) return held !== null; // meanwhile there is another, or nobody
    // A new token that is refused at once would be so for ever.
    if (refused === this.#unproven && Date.now() < held.expires_at) return false;
    this.#renewing ??= this.#renew(refused).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renew(refused) {
    const { tokens } = await exclusively(`${this.#name} refresh`, () => this.#refresh(refused));
    const user = tokens && userOf(tokens.access_token);
    // Listeners are told when the lock is free again: what they do may need it.
    if (JSON.stringify(user) !== JSON.stringify(this.user)) this._changed(user);
    return tokens !== null;
  }

  async #refresh(refused) {
    const held = await this.tokens();
    if (!held || held.access_token !== refused) return { tokens: held }; // another tab was first
    const answer = await this.#refreshedBy(held.refresh_token);
    // A tab that had no lock may have used the refresh token up.
    if (!answer) await pause(SETTLING);
    const now = await this.tokens();
    // Somebody signed out, or in anew, or another tab was faster: what came is nobody's.
    if (now?.access_token !== refused) return { tokens: now };
    const tokens = answer ? keptOf({ ...answer, refresh_token: answer.refresh_token ?? held.refresh_token }) : null;
    await this.#keep(tokens);
    this.#unproven = tokens?.access_token;
    return { tokens, hasStored: true };
  }

  // Only a 401 says that the sign-in is over. An app that is down or busy signs nobody out.
  async #refreshedBy(token) {
    if (!token) return null;
    const body = { refresh_token: token, ...(this.#device !== undefined && { device: this.#device }) };
    try {
      return await this._ask("POST", "/refresh", body, { signal: AbortSignal.timeout(LOCK_HELD) });
    } catch (error) {
      return error.status === 401 ? null : tooLate(error);
    }
  }

  // Another tab speaks sooner than what it has stored is seen here.
  _heard() {
    super._heard();
    setTimeout(() => this._checkQuietly(), SETTLING);
  }

  async #signedOutElsewhere(revoked) {
    if ((await this.tokens())?.access_token !== revoked) return;
    await this.#keep(null);
    this._changed(null);
  }

  async #keep(tokens) {
    if (tokens) await this.#storage.setItem(this.#name, JSON.stringify(tokens));
    else await this.#storage.removeItem(this.#name);
  }

  get #name() {
    return `fastapi-cognito-auth ${this._address}`;
  }
}

// One tab at a time, where the browser can tell tabs so; never for long, and never without an end.
function exclusively(name, work) {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  return new Promise((resolve, reject) => {
    let working;
    const hold = async () => {
      working = orAborted(work(), AbortSignal.timeout(LOCK_HELD)).catch(tooLate);
      const { hasStored } = await working.finally(() => resolve(working));
      if (hasStored) await pause(SETTLING);
    };
    locks.request(name, { signal: AbortSignal.timeout(LOCK_WAIT) }, hold).catch(() => {
      // Without the lock: the server, too, refreshes a token once, and takes one that was replaced a moment ago.
      if (!working) work().then(resolve, reject);
    });
  });
}

const tooLate = (error) => {
  throw error.name === "TimeoutError" ? unreachable(0) : error;
};

const pause = (time) => new Promise((resume) => setTimeout(resume, time));

function keptOf({ access_token, id_token, refresh_token, expires_in }) {
  if (!userOf(access_token)) throw unreachable(200);
  return { access_token, id_token, refresh_token, expires_at: Date.now() + expires_in * 1000 };
}

// Who a token says it is of; nobody where it is none. It is not verified here: the app does so.
function userOf(token) {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token) ?? [];
  const claims = payload && claimsIn(payload);
  return isObject(claims)
    ? { sub: claims.sub, username: claims.username, groups: claims["cognito:groups"] ?? [] }
    : null;
}

function claimsIn(payload) {
  try {
    return JSON.parse(new TextDecoder().decode(bytesOf(payload)));
  } catch {
    return null;
  }
}

function inMemory() {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
}

// Small things ----------------------------------------------------------------------------------------------

const isObject = (value) => typeof value === "object" && value !== null;

const isOfHttp = (url) => ["http:", "https:"].includes(url.protocol);

const baseOfPage = () => globalThis.document?.baseURI ?? globalThis.location?.href;

// Waits no longer than a signal says.
function orAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function jsonOf(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

// Base64url without padding (RFC 4648 section 5), as passkeys and tokens have it.
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
