// aws-jwt-verify and node's own signature check, spoken to as benchmarks/worker.py speaks.
import { createPublicKey, verify as verifySignature } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { CognitoJwtVerifier } from "aws-jwt-verify";

const directory = process.argv[2];
const read = (name) => readFileSync(`${directory}/${name}`, "utf8");
const pool = JSON.parse(read("pool.json"));
const jwks = JSON.parse(read("jwks.json"));
const tokens = read("tokens.txt").split("\n");

const verifier = CognitoJwtVerifier.create({
  userPoolId: pool.user_pool_id,
  clientId: pool.client_id,
  tokenUse: "access",
});
verifier.cacheJwks(jwks);
const key = createPublicKey({ key: jwks.keys[0], format: "jwk" });

function rawRsa(some) {
  const pairs = some.map((token) => {
    const end = token.lastIndexOf(".");
    return [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), "base64url")];
  });
  return () => {
    for (const [data, signature] of pairs) {
      if (!verifySignature("RSA-SHA256", data, key, signature)) throw new Error("not valid");
    }
  };
}

function library(some) {
  return () => {
    for (const token of some) verifier.verifySync(token);
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { contestant, start, count } = JSON.parse(line);
  const some = tokens.slice(start, start + count);
  const work = contestant === "raw_rsa" ? rawRsa(some) : library(some);
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  work();
  const elapsed = Number(process.hrtime.bigint() - wall) / 1e9;
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wall: elapsed / count, cpu: (used.user + used.system) / 1e6 / count }));
}
