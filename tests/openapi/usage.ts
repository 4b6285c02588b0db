// What an app in TypeScript does with the types that openapi-typescript makes of the document.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const [baseUrl] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: baseUrl! });

type Challenge = components["schemas"]["SoftwareTokenMfa"]["challenge"];
const challenge: Challenge = "SOFTWARE_TOKEN_MFA";

const { data } = await client.POST("/auth/sign-in", {
  body: { username: "grace", password: "Correct-horse-1!" },
});
if (data?.status !== "signed_in") throw new Error("not signed in");
const accessToken: string = data.access_token;

const me = await client.GET("/me", { headers: { Authorization: `Bearer ${accessToken}` } });
const username: string | undefined = me.data?.username;

const newcomer = await client.POST("/auth/sign-in", {
  body: { username: "newcomer", password: "Temporary-1!" },
});
if (newcomer.data?.status !== "challenge") throw new Error("no challenge");
if (newcomer.data.challenge !== "NEW_PASSWORD_REQUIRED") throw new Error("another challenge");
const required: string[] = newcomer.data.parameters.required_attributes;

const { error } = await client.POST("/auth/sign-in", {
  body: { username: "grace", password: "Wrong-password-1!" },
});
if (!error) throw new Error("not refused");
const code: string = error.detail.code;

// @ts-expect-error: there is no such challenge
const unknown: Challenge = "RIDDLE";

console.log(JSON.stringify({ challenge, username, required, code, unknown }));
