// What the app takes and answers, as its OpenAPI document says.
// Written by `make client`; not to be edited.

/** The user is gone. */
export interface AccountDeleted {
  /** Always the same. */
  status: "account_deleted";
  /** Seconds since the epoch. Until then some worker of the app may go on accepting the access token. Absent if nothing does. */
  access_token_valid_until: number | null;
  /** Whether the cookie sessions in all browsers have ended. Otherwise they go on until their access tokens end: absent if sessions are kept in cookies, false if Redis does not answer. */
  cookie_sessions_ended: boolean | null;
}

/** Who acts on behalf of the user (`act`, RFC 8693 section 4.1). */
export interface Actor {
  /** The acting party's `sub`: of a user, or of a machine its client id. */
  sub: string;
  /** Who acted before; for information only, and not for access control. */
  act?: Actor | null;
  [further: string]: unknown;
}

/** The passkey that the browser made. */
export interface AddPasskeyRequest {
  /** `toJSON()` of what `navigator.credentials.create()` returned, unchanged. */
  credential: RegistrationResponse;
}

/** What the authenticator signed. */
export interface AssertionResponse {
  /** What the browser signed for, as JSON. */
  clientDataJSON: string;
  /** What the authenticator tells of this use. */
  authenticatorData: string;
  /** Over the two before. */
  signature: string;
  /** The `id` of the user whose passkey it is. */
  userHandle?: string | null;
  [further: string]: unknown;
}

/** What the authenticator answered. */
export interface AttestationResponse {
  /** What the browser signed for, as JSON. */
  clientDataJSON: string;
  /** The new key, and what the authenticator tells of itself (CBOR). */
  attestationObject: string;
  /** How a browser reaches the authenticator, such as `internal` or `usb`. */
  transports?: Array<string> | null;
  /** Part of the attestation object. */
  authenticatorData?: string | null;
  /** The key (DER). */
  publicKey?: string | null;
  /** A COSE algorithm, such as -7 for ES256. */
  publicKeyAlgorithm?: number | null;
  [further: string]: unknown;
}

/** What goes with the request for a code; the body may be left out. */
export interface AttributeCodeRequest {
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** The new values are taken. */
export interface AttributesUpdated {
  /** Always the same. */
  status: "attributes_updated";
  /** Where codes went that verify a new e-mail address or phone number. A pool may keep the verified address in force until the code for the new one is given. */
  code_delivery_details: Array<CodeDelivery>;
}

/** How the user can sign in. */
export interface AuthFactors {
  /** As the pool has it; immutable. */
  username: string;
  /** Of `PASSWORD`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN` and `SOFTWARE_TOKEN`. */
  configured_user_auth_factors: Array<string>;
  /** The second factor that is asked for first. */
  preferred_mfa_setting?: string | null;
  /** The second factors that are switched on. */
  user_mfa_setting_list: Array<string>;
}

/** A sign-in by a passkey: `toJSON()` of what `navigator.credentials.get()` returned. */
export interface AuthenticationResponse {
  /** Of the passkey. */
  id: string;
  /** The same. */
  rawId: string;
  /** Always the same. */
  type: "public-key";
  /** `platform` or `cross-platform`. */
  authenticatorAttachment?: string | null;
  /** What the extensions answered. */
  clientExtensionResults?: Record<string, unknown>;
  /** What the authenticator signed. */
  response: AssertionResponse;
  [further: string]: unknown;
}

/** The password in force, and the new one. */
export interface ChangePasswordRequest {
  /** Left out by a user who has no password; that asks for a recent sign-in. */
  previous_password?: string | null;
  /** The new one. */
  proposed_password: string;
}

/** Where a code was sent; the destination is masked. */
export interface CodeDelivery {
  /** The address or number, masked. */
  destination: string;
  /** `EMAIL` or `SMS`. */
  medium: string;
  /** The attribute that holds it. */
  attribute_name?: string | null;
}

/** Where a code was sent; the destination is masked. */
export interface CodeDeliveryParameters {
  /** `EMAIL` or `SMS`. */
  medium?: string | null;
  /** Where the code went, masked. */
  destination?: string | null;
}

/** A code is on its way, if there is such a user and it can be. The answer is the same for everybody: where a code goes would tell whether there is such a user, and so would a place that was made up. */
export interface CodeRequested {
  /** The same whether or not the user exists. */
  status: "code_requested";
}

/** A refusal. */
export interface CognitoErrorAnswer {
  /** What went wrong. */
  detail: CognitoErrorDetail;
}

/** What went wrong. */
export interface CognitoErrorDetail {
  /** For programs: stable, and one of those that the answer's description names. */
  code: string;
  /** For people; it may change. */
  message: string;
}

/** One fault of a request. */
export interface CognitoFault {
  /** The way to the member: first `body`, `query` or `path`. */
  loc: Array<string | number>;
  /** For people; it never repeats what was sent. */
  message: string;
  /** For programs: the kind of fault. */
  type: string;
}

/** A request that the endpoint does not take. */
export interface CognitoInvalidRequestAnswer {
  /** What is wrong. */
  detail: CognitoInvalidRequestDetail;
}

/** What is wrong with a request. */
export interface CognitoInvalidRequestDetail {
  /** For programs: stable, and one of those that the answer's description names. */
  code: string;
  /** For people; it may change. */
  message: string;
  /** The faults; none where the body could not be read at all. */
  errors: Array<CognitoFault>;
  /** How many faults there are beside those that are listed. */
  more_errors: number;
}

/** A refusal that another sign-in may turn. */
export interface CognitoStepUpAnswer {
  /** What went wrong. */
  detail: CognitoStepUpDetail;
}

/** What went wrong, and what sign-in would be good enough (RFC 9470). */
export interface CognitoStepUpDetail {
  /** For programs: stable, and one of those that the answer's description names. */
  code: string;
  /** For people; it may change. */
  message: string;
  /** Seconds that may have passed since the sign-in, if it is too old. */
  max_age?: number | null;
  /** The strengths that are enough, the preferred one first, if it is too weak. */
  acr_values?: Array<string> | null;
}

/** A refusal, for OAuth2 clients, too. */
export interface CognitoTokenErrorAnswer {
  /** What went wrong. */
  detail: CognitoErrorDetail;
  /** For OAuth2 clients: the kind of error (RFC 6749 section 5.2). */
  error: string;
  /** For people; it may change. */
  error_description: string;
}

/** What the app offers. */
export interface Config {
  /** Where the pool is. */
  region: string;
  /** Clients that do SRP themselves hash its name part. */
  user_pool_id: string;
  /** The app's own app client. */
  client_id: string;
  /** How `/sign-in` proves a password to Cognito. */
  auth_flow: "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" | "ADMIN_USER_PASSWORD_AUTH";
  /** The challenges that `/sign-in` may answer with, and `/challenge` takes. */
  challenges: Array<string>;
}

/** The code that a new user was sent. */
export interface ConfirmSignUpRequest {
  /** As it was signed up. */
  username: string;
  /** As it was sent. */
  code: string;
  /** Of the sign-up, to go on to the first sign-in without a password. */
  session?: string | null;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** The user may sign in now. */
export interface Confirmed {
  /** Always the same. */
  status: "confirmed";
  /** Signs the user in without another factor, once and soon: send it to the sign-in. */
  session?: string | null;
}

/** A browser that is signed in. */
export interface CookieSession {
  /** What it is called; nobody signs in with it. */
  session_id: string;
  /** When the user signed in. */
  signed_in_at: string;
  /** When it was last used, to the hour or so, since it is not written with each request. */
  used_at: string;
  /** When it ends at the latest. */
  expires_at: string;
  /** What the browser called itself at the sign-in (`User-Agent`), cut at 200 characters. It is the browser's word: show it as text, and decide nothing by it. */
  user_agent?: string | null;
  /** Whether it is the browser that asks. */
  is_current: boolean;
}

/** What `navigator.credentials.create()` takes, after `parseCreationOptionsFromJSON()`. */
export interface CreationOptions {
  /** The app that the passkey is for. */
  rp: RelyingParty;
  /** Whose passkey it is. */
  user: PasskeyUser;
  /** To be signed; for one use, and soon. */
  challenge: string;
  /** The kinds of key that are accepted, the best first. */
  pubKeyCredParams: Array<CredentialParameters>;
  /** Milliseconds. */
  timeout?: number | null;
  /** Passkeys that exist already: no second one is made on the same authenticator. */
  excludeCredentials?: Array<CredentialDescriptor> | null;
  /** Which authenticators may be used. */
  authenticatorSelection?: Record<string, unknown> | null;
  /** What the authenticator shall tell of itself. */
  attestation?: string | null;
  /** Extensions that are asked for. */
  extensions?: Record<string, unknown> | null;
  [further: string]: unknown;
}

/** A passkey that exists already. */
export interface CredentialDescriptor {
  /** Always `public-key` so far. */
  type: string;
  /** Of the passkey. */
  id: string;
  /** How a browser reaches the authenticator, such as `internal` or `usb`. */
  transports?: Array<string> | null;
  [further: string]: unknown;
}

/** A kind of key that the pool accepts. */
export interface CredentialParameters {
  /** Always `public-key` so far. */
  type: string;
  /** A COSE algorithm, such as -7 for ES256. */
  alg: number;
  [further: string]: unknown;
}

/** What the pool's own triggers ask. */
export interface CustomChallenge {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "CUSTOM_CHALLENGE";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** The public parameters of the CreateAuthChallenge trigger. */
  parameters: Record<string, string>;
}

/** The answer for the pool's VerifyAuthChallengeResponse trigger. */
export interface CustomChallengeAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "CUSTOM_CHALLENGE";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** What the trigger asks for. */
  answer: string;
}

/** Devices of the user, page by page. */
export interface DevicePage {
  /** Those of this page. */
  devices: Array<TrackedDevice>;
  /** Gets the next page; absent from the last. */
  next_token?: string | null;
}

/** Whether a device is remembered. */
export interface DeviceStatusRequest {
  /** Where a pool allows it, a remembered device needs no second factor. */
  status: "remembered" | "not_remembered";
}

/** A code was sent by e-mail, as a first or a second factor. */
export interface EmailOtp {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "EMAIL_OTP";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** Where the code went. */
  parameters: CodeDeliveryParameters;
}

/** The code that came by e-mail. */
export interface EmailOtpAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "EMAIL_OTP";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** As it was sent. */
  code: string;
}

/** Whether a sign-in was the user's own. */
export interface FeedbackRequest {
  /** Who was told of the sign-in. */
  username: string;
  /** Of the link that the user was sent. */
  event_id: string;
  /** Of the link that the user was sent; it stands for the user. */
  feedback_token: string;
  /** Whether it was the user's own. */
  feedback_value: "Valid" | "Invalid";
}

/** Threat protection learns from it. */
export interface FeedbackTaken {
  /** Always the same. */
  status: "feedback_taken";
}

/** Who forgot the password. */
export interface ForgotPasswordRequest {
  /** A username or an alias: an e-mail address or a phone number. */
  username: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** InitiateAuth, without `SECRET_HASH`. */
export interface InitiateAuthRequest {
  /** May be left out. Another app client than the app's own is refused. */
  ClientId?: string | null;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  ClientMetadata?: Record<string, string> | null;
  /** Cognito's own, of the answer before, unchanged. */
  Session?: string | null;
  /** How to sign in. */
  AuthFlow: "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" | "REFRESH_TOKEN_AUTH";
  /** What the flow asks for, such as `USERNAME` and `SRP_A`. */
  AuthParameters: Record<string, string>;
}

/** SMS as a second factor, in the superseded form. */
export interface LegacyMfaOption {
  /** Codes by SMS; there is no other medium here. */
  delivery_medium?: "SMS";
  /** Where they go. */
  attribute_name?: "phone_number";
}

/** The superseded `MFAOptions`; none switches SMS off. */
export interface LegacyMfaRequest {
  /** At most one; an empty list switches SMS off. */
  mfa_options: Array<LegacyMfaOption>;
}

/** An entry of the superseded `MFAOptions`: SMS as a second factor. */
export interface MfaOption {
  /** How codes go out. */
  delivery_medium: "SMS" | "EMAIL";
  /** Where they go. */
  attribute_name?: string | null;
}

/** The second factors to switch; one that is left out stays as it is. */
export interface MfaPreference {
  /** Codes by SMS. */
  sms_mfa_settings?: MfaSettings | null;
  /** Codes of an authenticator app. */
  software_token_mfa_settings?: MfaSettings | null;
  /** Codes by e-mail. */
  email_mfa_settings?: MfaSettings | null;
  /** Passkeys. */
  web_authn_mfa_settings?: WebAuthnMfaSettings | null;
}

/** Whether a second factor is on, and whether it is the one asked for first. */
export interface MfaSettings {
  /** Whether it is on. */
  enabled: boolean;
  /** Whether it is asked for first. */
  preferred_mfa?: boolean;
}

/** The pool demands a second factor, and the user has none yet. */
export interface MfaSetup {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "MFA_SETUP";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** What can be set up. */
  parameters: MfaSetupParameters;
}

/** The first code of the authenticator app that now holds the secret, or an e-mail address. */
export interface MfaSetupAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "MFA_SETUP";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** The first code of the authenticator app. */
  code?: string | null;
  /** A name for the authenticator app, shown when its code is asked for. */
  device_name?: string | null;
  /** Sets up codes by e-mail instead; the first one is asked for next. */
  email?: string | null;
}

/** The second factors that can be set up. */
export interface MfaSetupParameters {
  /** Such as `SOFTWARE_TOKEN_MFA` or `EMAIL_OTP`. */
  mfas_can_setup: Array<string>;
}

/** A device that the pool saw for the first time, to be registered if the user wishes. */
export interface NewDevice {
  /** Names the device. */
  device_key: string;
  /** Goes with it when the device is registered. */
  device_group_key: string;
}

/** The temporary password must be replaced. */
export interface NewPasswordRequired {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "NEW_PASSWORD_REQUIRED";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** What must be given. */
  parameters: NewPasswordRequiredParameters;
}

/** A password of the user's own, and the attributes that the pool demands. */
export interface NewPasswordRequiredAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "NEW_PASSWORD_REQUIRED";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** As the pool's policy wants it. */
  new_password: string;
  /** Those that the challenge calls required, and others if you like. */
  attributes?: Record<string, string>;
}

/** What a user with a temporary password must supply. */
export interface NewPasswordRequiredParameters {
  /** Attributes that must be given now. */
  required_attributes: Array<string>;
  /** The attributes that the user has. */
  attributes: Record<string, string>;
}

/** Nothing to know beside the challenge's name. */
export interface NoParameters {
}

/** A passkey of the user. */
export interface Passkey {
  /** Names the passkey. */
  credential_id: string;
  /** For people. */
  friendly_credential_name: string;
  /** The domain that it is for. */
  relying_party_id: string;
  /** `platform` or `cross-platform`. */
  authenticator_attachment?: string | null;
  /** How a browser reaches the authenticator, such as `internal` or `usb`. */
  authenticator_transports: Array<string>;
  /** When it was added. */
  created_at: string;
}

/** The user can sign in with the passkey. */
export interface PasskeyAdded {
  /** Always the same. */
  status: "passkey_added";
}

/** What the browser needs to make a passkey. */
export interface PasskeyCreation {
  /** For `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
  credential_creation_options: CreationOptions;
}

/** Some of the user's passkeys. */
export interface PasskeyPage {
  /** Those of this page. */
  credentials: Array<Passkey>;
  /** Gets the next page; absent from the last. */
  next_token?: string | null;
}

/** Whose passkey it is. */
export interface PasskeyUser {
  /** No name, so that a passkey tells nobody whose it is. */
  id: string;
  /** Tells several passkeys apart, such as an e-mail address. */
  name: string;
  /** For people. */
  displayName: string;
  [further: string]: unknown;
}

/** The password, sent to Cognito as it is. */
export interface PasswordAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "PASSWORD";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** As the user types it. */
  password: string;
}

/** The password is asked for, to be sent to Cognito as it is. */
export interface PasswordChallenge {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "PASSWORD";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** Nothing. */
  parameters: NoParameters;
}

/** The new password is in force. Tokens from before stay valid. */
export interface PasswordChanged {
  /** Always the same. */
  status: string;
}

/** The resource owner password credentials (RFC 6749 section 4.3.2). `client_id`, `client_secret` and `scope` may come along and are ignored: the app has a client of its own, and Cognito decides about scopes. */
export interface PasswordForm {
  /** There is no other here. */
  grant_type?: "password";
  /** A username or an alias: an e-mail address or a phone number. */
  username: string;
  /** As the user types it. */
  password: string;
}

/** The new password is in force. Tokens from before stay valid. */
export interface PasswordReplaced {
  /** Always the same. */
  status: "password_changed";
}

/** The password, proved by SRP: it does not leave the app. */
export interface PasswordSrpAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "PASSWORD_SRP";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** As the user types it. */
  password: string;
}

/** The password is asked for, to be proved by SRP. */
export interface PasswordSrpChallenge {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "PASSWORD_SRP";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** Nothing. */
  parameters: NoParameters;
}

/** The signed-in user, as the pool knows them now. */
export interface Profile {
  /** As the pool has it; immutable. */
  username: string;
  /** Those that the app client may read. Every value is text, `email_verified` too. */
  attributes: Record<string, string>;
  /** The second factor that is asked for first. */
  preferred_mfa_setting?: string | null;
  /** The second factors that are switched on. */
  user_mfa_setting_list: Array<string>;
  /** What the superseded SetUserSettings set. */
  mfa_options: Array<MfaOption>;
}

/** The refresh token of a sign-in. */
export interface RefreshRequest {
  /** Of the last answer that held one. */
  refresh_token: string;
  /** What the client kept of its device. */
  device?: string | null;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** The device that a sign-in reported as `new_device`. */
export interface RegisterDeviceRequest {
  /** As the sign-in reported it. */
  device_key: string;
  /** As the sign-in reported it. */
  device_group_key: string;
  /** A name for people; none unless given. */
  name?: string | null;
}

/** A registered device. */
export interface RegisteredDevice {
  /** Keep it on the device, and send it with sign-ins and refreshes. Only the app can read it. */
  device: string;
  /** Whether the user must still be asked if the device shall be remembered. */
  user_confirmation_necessary: boolean;
}

/** A new passkey: `toJSON()` of what `navigator.credentials.create()` returned. */
export interface RegistrationResponse {
  /** Of the passkey. */
  id: string;
  /** The same. */
  rawId: string;
  /** Always the same. */
  type: "public-key";
  /** `platform` or `cross-platform`. */
  authenticatorAttachment?: string | null;
  /** What the extensions answered. */
  clientExtensionResults?: Record<string, unknown>;
  /** What the authenticator answered. */
  response: AttestationResponse;
  [further: string]: unknown;
}

/** The app that the passkey is for. */
export interface RelyingParty {
  /** A domain. */
  id?: string | null;
  /** For people. */
  name: string;
  [further: string]: unknown;
}

/** The user to send another code. */
export interface ResendCodeRequest {
  /** As it was signed up. */
  username: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** The code that was sent, and the new password. */
export interface ResetPasswordRequest {
  /** As it was given when the code was asked for. */
  username: string;
  /** As it was sent. */
  code: string;
  /** The new one, as the pool's policy wants it. */
  password: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** RespondToAuthChallenge, without `SECRET_HASH`. */
export interface RespondToAuthChallengeRequest {
  /** May be left out. Another app client than the app's own is refused. */
  ClientId?: string | null;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  ClientMetadata?: Record<string, string> | null;
  /** Cognito's own, of the answer before, unchanged. */
  Session?: string | null;
  /** As the answer before names it. */
  ChallengeName: string;
  /** What the challenge asks for. */
  ChallengeResponses: Record<string, string>;
}

/** The user chooses how to sign in. */
export interface SelectChallenge {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "SELECT_CHALLENGE";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** What there is to choose from. */
  parameters: SelectChallengeParameters;
}

/** The way to sign in that the user chose. */
export interface SelectChallengeAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "SELECT_CHALLENGE";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** One of `available_challenges`. */
  answer: "PASSWORD" | "PASSWORD_SRP" | "EMAIL_OTP" | "SMS_OTP" | "WEB_AUTHN";
  /** With PASSWORD or PASSWORD_SRP: saves one step. */
  password?: string | null;
}

/** The ways to sign in that this user has. */
export interface SelectChallengeParameters {
  /** Such as `PASSWORD_SRP`, `EMAIL_OTP` or `WEB_AUTHN`. */
  available_challenges: Array<string>;
}

/** The user has several second factors and prefers none. */
export interface SelectMfaType {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "SELECT_MFA_TYPE";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** What there is to choose from. */
  parameters: SelectMfaTypeParameters;
}

/** The second factor that the user chose. */
export interface SelectMfaTypeAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "SELECT_MFA_TYPE";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** One of `mfas_can_choose`. */
  answer: string;
}

/** The second factors to choose from. */
export interface SelectMfaTypeParameters {
  /** Such as `SOFTWARE_TOKEN_MFA` or `SMS_MFA`. */
  mfas_can_choose: Array<string>;
}

/** Where a session was last active, by its address. */
export interface SessionLocation {
  /** By name, in English. */
  city?: string | null;
  /** By name, in English. */
  country?: string | null;
}

/** What ending sessions has ended, and what it could not end. */
export interface SessionsEnded {
  /** Always the same. */
  status: "sessions_ended";
  /** How many; their browsers are not signed in any more. */
  ended: number;
  /** How many of their refresh tokens were revoked at Cognito. The others are in nobody's hands. */
  refresh_tokens_revoked: number;
  /** Seconds since the epoch: the latest until when one of their access tokens would be accepted, if somebody had it. Absent if none is. */
  access_tokens_valid_until?: number | null;
}

/** Whether the user must sign in again before something sensitive. */
export interface SignInFreshness {
  /** Whether the sign-in is recent enough now. */
  fresh: boolean;
  /** Seconds since the epoch; absent if every sign-in is fresh, or this one is of unknown time. */
  fresh_until: number | null;
  /** What asks for a recent sign-in; empty if nothing does. */
  required_for: Array<"change_contact" | "set_password_without_previous" | "change_mfa" | "set_up_totp" | "add_passkey" | "delete_passkey" | "delete_account">;
}

/** Who signs in, and how. */
export interface SignInRequest {
  /** A username or an alias: an e-mail address or a phone number. */
  username: string;
  /** Left out where another factor comes first. */
  password?: string | null;
  /** How; the app's setting unless given. `USER_AUTH` lets the user choose, `CUSTOM_AUTH` leaves it to the pool's triggers. A password is proved by SRP in all but `USER_PASSWORD_AUTH`. */
  auth_flow?: "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" | null;
  /** With `USER_AUTH`: goes there directly, if the user has it. */
  preferred_challenge?: "PASSWORD" | "PASSWORD_SRP" | "EMAIL_OTP" | "SMS_OTP" | "WEB_AUTHN" | null;
  /** With `USER_AUTH`: of a confirmed sign-up; signs in without anything else. */
  session?: string | null;
  /** With `USER_AUTH`: the authentication levels that are asked for. An access token in the `Authorization` header credits what the user did already. */
  target_acr_values?: Array<string>;
  /** With `target_acr_values`: seconds for which an earlier factor counts. */
  max_age?: number | null;
  /** What the client kept of its device. */
  device?: string | null;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** The refresh token to revoke. */
export interface SignOutRequest {
  /** Left out, only the access token of the `Authorization` header or of the cookie ends, and in the app alone. */
  refresh_token?: string | null;
}

/** A new user. */
export interface SignUpRequest {
  /** In pools that sign in by address, that address. */
  username: string;
  /** Left out in pools that sign in by code or passkey alone. */
  password?: string | null;
  /** By name. A pool may demand some, such as `email`. */
  attributes?: Record<string, string>;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** A browser that is signed in. */
export interface SignedIn {
  /** Tells it from a challenge. */
  status: "signed_in";
  /** Who is signed in. */
  user: User;
  /** When the session ends at the latest; signing out, or Cognito, may end it before. */
  expires_at: string;
  /** Present if the pool tracks devices and does not know this one. */
  new_device?: NewDevice | null;
}

/** What signing out ended, and what it could not end. */
export interface SignedOut {
  /** Always the same. */
  status: "signed_out";
  /** Whether the refresh token, and with it the access tokens at Cognito, is revoked. */
  refresh_token_revoked: boolean;
  /** Seconds since the epoch. Until then some worker of the app may go on accepting the access token; where that cannot be told, no token that is valid now lives longer. Absent if nothing accepts it, or if no access token came along. */
  access_token_valid_until?: number | null;
}

/** What signing out everywhere ended, and what it could not end. */
export interface SignedOutEverywhere {
  /** Always the same. */
  status: "signed_out_everywhere";
  /** Seconds since the epoch. Until then some worker of the app may go on accepting this access token; Cognito itself refuses it from now on. Absent if nothing accepts it. */
  access_token_valid_until: number | null;
  /** The same for the latest that the app client can have issued to the user elsewhere. */
  other_access_tokens_valid_until: number | null;
  /** Whether the cookie sessions in all browsers have ended. Otherwise they go on until those access tokens end: absent if sessions are kept in cookies, false if Redis does not answer. */
  cookie_sessions_ended: boolean | null;
}

/** A new user, confirmed or waiting for a code. */
export interface SignedUp {
  /** The new user's immutable id. */
  user_sub: string;
  /** Whether the user may sign in now. */
  confirmed: boolean;
  /** Absent if the pool sends no code. */
  delivery?: CodeDelivery | null;
  /** Present if the pool can sign the user in once the sign-up is confirmed: send it along. */
  session?: string | null;
}

/** A code was sent by SMS. */
export interface SmsMfa {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "SMS_MFA";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** Where the code went. */
  parameters: CodeDeliveryParameters;
}

/** The code that came by SMS. */
export interface SmsMfaAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "SMS_MFA";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** As it was sent. */
  code: string;
}

/** A code was sent by SMS, as a first factor. */
export interface SmsOtp {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "SMS_OTP";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** Where the code went. */
  parameters: CodeDeliveryParameters;
}

/** The code that came by SMS. */
export interface SmsOtpAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "SMS_OTP";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** As it was sent. */
  code: string;
}

/** A code of the authenticator app is needed (RFC 6238). */
export interface SoftwareTokenMfa {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "SOFTWARE_TOKEN_MFA";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** Which app is meant. */
  parameters: SoftwareTokenMfaParameters;
}

/** The code that the authenticator app shows now. */
export interface SoftwareTokenMfaAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "SOFTWARE_TOKEN_MFA";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** Six digits. */
  code: string;
}

/** Which authenticator app is asked for its code. */
export interface SoftwareTokenMfaParameters {
  /** The name that the user gave it. */
  friendly_device_name?: string | null;
}

/** The secret for an authenticator app, to be shown once. */
export interface SoftwareTokenSecret {
  /** Base32, for typing in. */
  secret_code: string;
  /** For a link that opens the authenticator app. */
  otpauth_uri: string;
  /** The same as a QR code, drawn by the app: no other service sees the secret. */
  qr_svg: string;
}

/** The tokens of a signed-in user (RFC 6749 section 5.1). */
export interface Tokens {
  /** Tells tokens from a challenge. */
  status: "signed_in";
  /** Goes into the `Authorization` header, after `Bearer`. */
  access_token: string;
  /** Says who signed in; absent without the scope `openid`. */
  id_token?: string | null;
  /** Absent from a refresh, unless the app client rotates its refresh tokens. */
  refresh_token?: string | null;
  /** How the access token is sent (RFC 6750). */
  token_type: "Bearer";
  /** Seconds for which the access token is valid. */
  expires_in: number;
  /** Present if the pool tracks devices and does not know this one. */
  new_device?: NewDevice | null;
}

/** The MFA_SETUP challenge for which an authenticator app is set up. */
export interface TotpRequest {
  /** The `session` of the challenge, unchanged. */
  session: string;
}

/** The secret of an authenticator app, to be shown once. */
export interface TotpSecret {
  /** Base32, for typing in. */
  secret_code: string;
  /** For a link that opens the authenticator app. */
  otpauth_uri: string;
  /** The same as a QR code, drawn by the app: no other service sees the secret. */
  qr_svg: string;
  /** Send this one with the first code. */
  session: string;
}

/** A device of the user. */
export interface TrackedDevice {
  /** Names the device. */
  device_key: string;
  /** For people. */
  name?: string | null;
  /** As the pool calls it: `valid`. */
  status?: string | null;
  /** Whether it stands in for a second factor, if the pool says so. */
  remembered?: boolean | null;
  /** The address of the last sign-in. */
  last_ip_used?: string | null;
  /** When the pool first saw it. */
  created_at?: string | null;
  /** When somebody last signed in on it. */
  last_authenticated_at?: string | null;
}

/** The attributes to set; others stay as they are. */
export interface UpdateAttributesRequest {
  /** By name; an empty value clears one. */
  attributes: Record<string, string>;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
}

/** A signed-in user, as the access token tells. Immutable, and safe to return from a route. An access token carries no e-mail address and no other attribute: `profile` asks for those. A time is given as a `datetime`, or in seconds since the epoch. */
export interface User {
  /** The immutable id; with `issuer`, the key to use in a database. */
  sub: string;
  /** The app client that the token was issued to. */
  client_id: string;
  /** The user pool that issued the token (`iss`). */
  issuer: string;
  /** When the token expires. */
  expires_at: string;
  /** As the pool has it; immutable. */
  username: string;
  /** As issued: group names are case-sensitive. Those of a trusted pool have its prefix. */
  groups: Array<string>;
  /** When the user last signed in; a refresh does not change it. */
  auth_time?: string | null;
  /** How strongly the user signed in, such as `urn:cognito:loa:2`. */
  acr?: string | null;
  /** The factors that were used, such as `pwd` and `otp`. */
  amr: Array<string>;
  /** The scopes of the token, and those that the groups grant (`group_scopes`). */
  scopes: Array<string>;
  /** Who acts on the user's behalf, if the token was exchanged for that (RFC 8693). */
  actor?: Actor | null;
}

/** One login: its tokens, or a browser at managed login. */
export interface UserSession {
  /** Names the session. */
  session_id: string;
  /** `TOKEN` or `SSO`. */
  session_type?: string | null;
  /** The app client that the user signed in to. */
  client_id?: string | null;
  /** When the user signed in. */
  create_date?: string | null;
  /** When it was last used. */
  last_active_date?: string | null;
  /** Of the browser or app, in words. */
  device_type?: string | null;
  /** Where it was last used from. */
  last_ip_address?: string | null;
  /** The same, on the map. */
  last_location?: SessionLocation | null;
  /** The session at managed login that this one came of. */
  origin_session_id?: string | null;
  /** Whether it is that of the access token at hand. */
  is_current_session: boolean;
}

/** Some of the user's sessions. */
export interface UserSessionPage {
  /** Those of this page. */
  sessions: Array<UserSession>;
  /** Gets the next page; absent from the last. */
  next_token?: string | null;
}

/** The code that was sent to the address. */
export interface VerifyAttributeRequest {
  /** As it was sent. */
  code: string;
}

/** The first code of the authenticator app that now holds the secret. */
export interface VerifyTotpRequest {
  /** Six digits. */
  code: string;
  /** A name for the authenticator app, shown when its code is asked for. */
  device_name?: string | null;
}

/** A passkey is asked for. */
export interface WebAuthn {
  /** Tells a challenge from tokens. */
  status: "challenge";
  /** Cognito's name for it. */
  challenge: "WEB_AUTHN";
  /** Sealed by the app; send it back unchanged with the answer. */
  session: string;
  /** Seconds left to answer. */
  expires_in: number;
  /** What the browser needs. */
  parameters: WebAuthnParameters;
}

/** What the passkey signed: `PublicKeyCredential.toJSON()` in the browser. */
export interface WebAuthnAnswer {
  /** The challenge that is answered, by its name. */
  challenge?: "WEB_AUTHN";
  /** The `session` of the challenge, unchanged. */
  session: string;
  /** Passed to the triggers of the pool as it is. Cognito does not store it. */
  client_metadata?: Record<string, string> | null;
  /** `toJSON()` of what `navigator.credentials.get()` returned, unchanged. */
  credential: AuthenticationResponse;
}

/** Whether a passkey serves as a second factor. */
export interface WebAuthnMfaSettings {
  /** Whether it is on. */
  enabled: boolean;
}

/** What the browser asks the passkey for. */
export interface WebAuthnParameters {
  /** For `PublicKeyCredential.parseRequestOptionsFromJSON()` (WebAuthn Level 3 section 5.1.9). */
  credential_request_options: Record<string, unknown>;
}

/** Every challenge, by its name. */
export interface Challenges {
  NEW_PASSWORD_REQUIRED: { asked: NewPasswordRequired; answer: NewPasswordRequiredAnswer };
  MFA_SETUP: { asked: MfaSetup; answer: MfaSetupAnswer };
  SOFTWARE_TOKEN_MFA: { asked: SoftwareTokenMfa; answer: SoftwareTokenMfaAnswer };
  SMS_MFA: { asked: SmsMfa; answer: SmsMfaAnswer };
  EMAIL_OTP: { asked: EmailOtp; answer: EmailOtpAnswer };
  SMS_OTP: { asked: SmsOtp; answer: SmsOtpAnswer };
  SELECT_MFA_TYPE: { asked: SelectMfaType; answer: SelectMfaTypeAnswer };
  SELECT_CHALLENGE: { asked: SelectChallenge; answer: SelectChallengeAnswer };
  PASSWORD: { asked: PasswordChallenge; answer: PasswordAnswer };
  PASSWORD_SRP: { asked: PasswordSrpChallenge; answer: PasswordSrpAnswer };
  WEB_AUTHN: { asked: WebAuthn; answer: WebAuthnAnswer };
  CUSTOM_CHALLENGE: { asked: CustomChallenge; answer: CustomChallengeAnswer };
}

/** What the app may say of a refusal. */
export type RefusalCode =
  | "alias_exists"
  | "challenge_required"
  | "code_delivery_failure"
  | "code_mismatch"
  | "concurrent_modification"
  | "cross_site_request"
  | "device_key_exists"
  | "devices_not_tracked"
  | "expired_code"
  | "invalid_client"
  | "invalid_issuer"
  | "invalid_parameter"
  | "invalid_password"
  | "invalid_request"
  | "invalid_session"
  | "invalid_signature"
  | "invalid_token"
  | "invalid_token_use"
  | "keys_unavailable"
  | "limit_exceeded"
  | "mfa_method_not_found"
  | "not_authenticated"
  | "not_authorized"
  | "password_history_policy_violation"
  | "password_reset_required"
  | "refresh_token_reuse"
  | "request_too_large"
  | "resource_not_found"
  | "revocation_unavailable"
  | "session_too_large"
  | "sessions_not_listed"
  | "sessions_unavailable"
  | "software_token_mfa_not_found"
  | "step_up_required"
  | "token_expired"
  | "token_revoked"
  | "too_many_failed_attempts"
  | "too_many_requests"
  | "unauthorized"
  | "unsupported_operation"
  | "unsupported_token_type"
  | "user_lambda_validation"
  | "user_not_confirmed"
  | "user_not_found"
  | "user_pool_add_on_not_enabled"
  | "user_pool_unavailable"
  | "username_exists"
  | "web_authn_challenge_not_found"
  | "web_authn_client_mismatch"
  | "web_authn_configuration_missing"
  | "web_authn_credential_not_supported"
  | "web_authn_not_enabled"
  | "web_authn_origin_not_allowed"
  | "web_authn_relying_party_mismatch";
