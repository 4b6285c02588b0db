// What the types tell the compiler; only compiled.
import {
  AuthError,
  BearerClient,
  PasskeyError,
  SessionClient,
  UnknownChallengeError,
  type Answer,
  type ChallengeName,
  type Profile,
  type Question,
} from "fastapi-cognito-auth";

const auth = new SessionClient("/session", { account: "/account", attempts: sessionStorage });
const attempt = await auth.signIn({ username: "ada", auth_flow: "USER_AUTH" });

function answerTo(question: Question): Answer {
  switch (question.challenge) {
    case "SELECT_CHALLENGE": {
      const ways: string[] = question.parameters.available_challenges;
      return { answer: ways.includes("WEB_AUTHN") ? "WEB_AUTHN" : "PASSWORD_SRP", password: "secret" };
    }
    case "NEW_PASSWORD_REQUIRED":
      return { new_password: "secret", attributes: { [question.parameters.required_attributes[0] ?? "name"]: "Ada" } };
    case "EMAIL_OTP": {
      const where: string | null | undefined = question.parameters.destination;
      return { code: where ?? "" };
    }
    default:
      // @ts-expect-error: these parameters are of another challenge
      return { code: question.parameters.required_attributes };
  }
}

const { user } = await attempt.run((question) => answerTo(question));
const groups: string[] = user.groups;
// @ts-expect-error: a session is nobody's business but the client's
attempt.question?.session;
// @ts-expect-error: nothing takes this
await attempt.answer({ cod: "123456" });
// @ts-expect-error: there is no such challenge
const unknown: ChallengeName = "RIDDLE";

const account = await auth.call<Profile>("GET", "/account");
const email: string | undefined = account.attributes.email;
const stop: () => void = auth.watch((now) => console.log(now?.sub, groups, email, unknown));
stop();

const bearer = new BearerClient(new URL("https://api.example.com/auth"), { storage: localStorage });
const until: number | undefined = (await bearer.tokens())?.expires_at;
// @ts-expect-error: cookies hold the tokens
auth.tokens();

try {
  await bearer.signOut();
} catch (error) {
  if (error instanceof UnknownChallengeError) console.log(error.challenge, until);
  else if (error instanceof PasskeyError) console.log(error.code === "passkey_refused");
  else if (error instanceof AuthError) console.log(error.code === "not_authorized", error.retryAfter?.toFixed());
}
