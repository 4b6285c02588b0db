// What the drivers of foreign clients share: the task on standard input, outcomes on standard output.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const task = JSON.parse(readFileSync(0, 'utf8'));

// What an administrator does, and the outbox: both stand at the emulator of the pool.
export async function admin(place, operation, parameters = {}) {
	const answer = await fetch(place.admin, {
		method: 'POST',
		headers: {
			'Content-Type': 'application/x-amz-json-1.1',
			'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
		},
		body: JSON.stringify({ UserPoolId: place.poolId, ...parameters }),
	});
	const body = await answer.json();
	if (!answer.ok) throw new Error(`${operation}: ${body.__type} ${body.message}`);
	return body;
}

export async function code(place, username, purpose) {
	const messages = await (await fetch(`${place.admin}local/outbox`)).json();
	const message = messages.find(one => one.username === username && (!purpose || one.purpose === purpose));
	if (!message) throw new Error(`nothing was sent to ${username}: ${messages.filter(one => one.username === username).map(one => one.purpose)}`);
	return message.code;
}

// A confirmed user with a permanent password, or one with a temporary password.
export async function newUser(place, Username, { password, temporary, attributes = {} }) {
	await admin(place, 'AdminCreateUser', {
		Username,
		TemporaryPassword: temporary ?? password,
		MessageAction: 'SUPPRESS',
		UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
	});
	if (!temporary) await admin(place, 'AdminSetUserPassword', { Username, Password: password, Permanent: true });
	return Username;
}

export function totp(secret, ahead = 0) {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	const bits = [...secret].map(letter => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
	const digest = createHmac('sha1', key).update(counter).digest();
	const offset = digest[19] & 15;
	return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}

export async function refused(promise, name) {
	try {
		await promise;
	} catch (error) {
		if (error.code === name || error.name === name) return error;
		throw error;
	}
	throw new Error(`${name} was expected`);
}

export const expect = (found, wanted) => {
	if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
};

export const payload = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

// Goes through a flow, and writes a line about it.
export async function run(flow, action) {
	let outcome = 'ok';
	let timer;
	const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('the flow did not end')), 100_000); });
	try {
		await Promise.race([action(), late]);
	} catch (error) {
		outcome = `${error.code ?? error.name ?? ''} ${error.stack ?? error}`;
	}
	clearTimeout(timer);
	console.log(JSON.stringify({ flow, outcome }));
}
