// What cognito-local's tests stand on: a client of the SDK, here of an emulator of somebody else.
// Stands in for `integration-tests/aws-sdk/setup.ts`.
import * as AWS from 'aws-sdk';
import { beforeEach } from 'vitest';

const endpoint = process.env.EMULATOR_URL as string;

async function collected() {
	const messages = await (await fetch(`${endpoint}/local/outbox`)).json();
	return messages.map((one: any) => ({ ...one, message: { __code: one.code } }));
}

export const withCognitoSdk = (fn: (cognito: () => AWS.CognitoIdentityServiceProvider, services: any) => void) => () => {
	let cognito: AWS.CognitoIdentityServiceProvider;
	beforeEach(async () => {
		await fetch(`${endpoint}/reset`, { method: 'POST' });
		const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
		cognito = new AWS.CognitoIdentityServiceProvider({ credentials, region: 'us-east-1', endpoint, maxRetries: 0 });
	});
	fn(() => cognito, { messageDelivery: () => ({ collected }) });
};
