// The types of the client. What the app takes and answers is in `api.d.ts`, written from its OpenAPI document.

import type {
  Challenges,
  Config,
  Confirmed,
  ConfirmSignUpRequest,
  CodeRequested,
  ForgotPasswordRequest,
  NewDevice,
  PasswordChanged,
  RefusalCode,
  RegistrationResponse,
  ResendCodeRequest,
  ResetPasswordRequest,
  SignedOut,
  SignedUp,
  SignInRequest,
  SignUpRequest,
  TotpSecret,
  User,
} from "./api.js";

export * from "./api.js";

/** Of the client itself. */
export type ClientCode =
  | "unreachable"
  | "unknown_challenge"
  | "attempt_over"
  | "passkeys_unavailable"
  | "passkey_refused"
  | "passkey_exists"
  | "passkey_elsewhere"
  | "passkey_replaced"
  | "passkey_failed";

/** What was refused. It has the app's words and never what was sent: nothing in it is secret. */
export class AuthError extends Error {
  constructor(code: string, details?: Partial<Omit<AuthError, "code" | "name">>);
  /** For programs: stable. `http_…` where the app gave none. */
  readonly code: RefusalCode | ClientCode | (string & {});
  /** Of the answer, or 0 where there was none. */
  readonly status: number;
  /** Seconds to wait, if the app said so. */
  readonly retryAfter: number | undefined;
  /** What is wrong with which member of what was sent (`invalid_request`). */
  readonly errors: ReadonlyArray<{ loc: ReadonlyArray<string | number>; message: string; type: string }>;
  /** Seconds that may have passed since the sign-in (`step_up_required`). */
  readonly maxAge: number | undefined;
  /** How strong the sign-in must be, the preferred strength first (`step_up_required`). */
  readonly acrValues: readonly string[];
}

/** The pool asks for something that this version does not know. */
export class UnknownChallengeError extends AuthError {
  constructor(challenge: string);
  readonly challenge: string;
}

/** A passkey was not made or not used. */
export class PasskeyError extends AuthError {}

/** Whether this browser has passkeys, and this page may use them. */
export function passkeysAvailable(): boolean;

/** Signs with a passkey; returns JSON for the app. Of two at once the first ends, as `passkey_replaced`. */
export function usePasskey(options: object, more?: { signal?: AbortSignal }): Promise<AnswerTo<"WEB_AUTHN">["credential"]>;

/** Makes a passkey; returns JSON for the app. */
export function createPasskey(options: object, more?: { signal?: AbortSignal }): Promise<RegistrationResponse>;

export type ChallengeName = keyof Challenges;

/** The challenges that this version knows. */
export const CHALLENGES: readonly ChallengeName[];

/** What is asked; `challenge` tells which it is. */
export type Question = {
  [Name in ChallengeName]: {
    readonly challenge: Name;
    readonly parameters: Challenges[Name]["asked"]["parameters"];
    readonly expiresAt: Date;
    /** What was wrong with the last answer to it. */
    readonly refusal: AuthError | undefined;
  };
}[ChallengeName];

/** What a challenge takes. */
export type AnswerTo<Name extends ChallengeName> = Omit<Challenges[Name]["answer"], "challenge" | "session">;

export type Answer = { [Name in ChallengeName]: AnswerTo<Name> }[ChallengeName];

/** Who has signed in. */
export interface Result<SomeUser> {
  readonly user: SomeUser;
  /** What to register, if the pool tracks devices and does not know this one. */
  readonly newDevice: NewDevice | null | undefined;
}

/** A sign-in from its first answer to its end. */
export class Attempt<SomeUser> implements AsyncIterable<Question> {
  private constructor();
  /** What is asked now; `null` once it is over. */
  readonly question: Question | null;
  /** Who has signed in; `null` until then. */
  readonly result: Result<SomeUser> | null;
  /** Sends an answer, and returns what is asked next, or `null` for nothing more. */
  answer(values: Answer): Promise<Question | null>;
  /** Answers `WEB_AUTHN` with a passkey of this browser. */
  usePasskey(more?: { signal?: AbortSignal }): Promise<Question | null>;
  /** Gets the secret of `MFA_SETUP` for an authenticator app, whose first code is the answer. */
  setUpTotp(): Promise<Omit<TotpSecret, "session">>;
  /** Asks by a callback, which returns the answer, or nothing where it gave it to the attempt itself. */
  run(ask: (question: Question, attempt: this) => Answer | void | Promise<Answer | void>): Promise<Result<SomeUser>>;
  /** Forgets it. */
  cancel(): void;
  /** Every question as often as it is to be put: once, and again after an answer that was refused. */
  [Symbol.asyncIterator](): AsyncIterator<Question, void>;
}

/** Where something is kept by name: `sessionStorage`, `localStorage`, or one of your own. */
export interface SyncStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): unknown;
  removeItem(name: string): unknown;
}

/** The same, which may take its time. It must not call the client. */
export interface AnyStorage {
  getItem(name: string): string | null | Promise<string | null>;
  setItem(name: string, value: string): unknown;
  removeItem(name: string): unknown;
}

export interface ClientOptions {
  /** Where `auth.account_router` is, for passkeys. */
  account?: string | URL;
  /** Where an attempt outlives a reload, such as `sessionStorage`; nowhere unless given. */
  attempts?: SyncStorage;
  /** In place of the global one. */
  fetch?: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** Has the user sign in anew, and tells whether that was done; then the request is made once more. */
  onStepUp?: (refusal: AuthError) => boolean | Promise<boolean>;
}

export interface FetchOptions extends RequestInit {
  /** `false` leaves `onStepUp` alone, as for requests within it. */
  stepUp?: boolean;
}

declare class Client<SomeUser extends { sub: string }> {
  /** Who is signed in as far as is known: `undefined` before that was asked, `null` for nobody. */
  readonly user: SomeUser | null | undefined;
  /** Signs in, or leads to what is asked. */
  signIn(body: SignInRequest): Promise<Attempt<SomeUser>>;
  /** The attempt that was under way before the page was loaded anew; needs the option `attempts`. */
  resume(): Attempt<SomeUser> | null;
  signUp(body: SignUpRequest): Promise<SignedUp>;
  confirmSignUp(body: ConfirmSignUpRequest): Promise<Confirmed>;
  resendCode(body: ResendCodeRequest): Promise<CodeRequested>;
  forgotPassword(body: ForgotPasswordRequest): Promise<CodeRequested>;
  resetPassword(body: ResetPasswordRequest): Promise<PasswordChanged>;
  config(): Promise<Config>;
  signOut(): Promise<SignedOut>;
  /** Makes a passkey for who is signed in; needs the option `account`. */
  addPasskey(more?: { signal?: AbortSignal }): Promise<void>;
  /** `fetch` of the app's endpoints as who is signed in; another origin gets nothing of it. */
  readonly fetch: (input: RequestInfo | URL, init?: FetchOptions) => Promise<Response>;
  /** The same for JSON: returns what the app answers, throws `AuthError` for what it refuses. */
  call<Answered = unknown>(method: string, path: string | URL, body?: unknown, init?: FetchOptions): Promise<Answered>;
  /** Asks who is signed in. */
  check(): Promise<SomeUser | null>;
  /** Tells of every change, in this tab and in others, until what it returns is called. */
  readonly watch: (listener: (user: SomeUser | null) => void) => () => void;
}

/** For `auth.session_router`: the tokens are in cookies that no script reads. */
export class SessionClient extends Client<User> {
  constructor(address: string | URL, options?: ClientOptions);
}

/** What an access token says of its user. It is not verified in the browser. */
export interface TokenUser {
  readonly sub: string;
  readonly username: string;
  readonly groups: readonly string[];
}

export interface KeptTokens {
  readonly access_token: string;
  readonly id_token?: string | null;
  readonly refresh_token?: string | null;
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly expires_at: number;
}

export interface BearerOptions extends ClientOptions {
  /** Where tokens are kept; in memory unless given. */
  storage?: AnyStorage;
  /** What the app gave for a remembered device. */
  device?: string;
}

/** For `auth.router`: the tokens are with the client. */
export class BearerClient extends Client<TokenUser> {
  constructor(address: string | URL, options?: BearerOptions);
  /** The tokens as they are kept. */
  tokens(): Promise<KeptTokens | null>;
  /** Gets other tokens now; the client does so by itself when one has expired. */
  refresh(): Promise<KeptTokens | null>;
}
