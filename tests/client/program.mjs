// A program without a browser: it signs in, answers, refreshes and signs out, and ends by itself.
import { AuthError, BearerClient } from "../../js/fastapi-cognito-auth.js";

const [address, temporary, password] = process.argv.slice(2);
const auth = new BearerClient(`${address}/auth`);
const heard = [];
const stop = auth.watch((user) => heard.push(user?.username ?? null));
const attempt = await auth.signIn({ username: "program", password: temporary });
const asked = [];
await attempt.run(({ challenge }) => {
  asked.push(challenge);
  return { new_password: password };
});
const before = await auth.tokens();
const after = await auth.refresh();
const me = await auth.call("GET", "/me");
await auth.signOut();
stop();
const refused = await auth.call("GET", "/me").catch((error) => error instanceof AuthError && error.code);
console.log(JSON.stringify({ asked, me, refused, heard, refreshed: before.access_token !== after.access_token }));
