// Drives amazon-cognito-identity-js, unchanged, through its flows against one endpoint.
import * as sdk from 'amazon-cognito-identity-js';
import { code as codeOf, expect, refused, run, task, totp } from './common.mjs';

const { AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserAttribute, CognitoUserPool } =
	sdk.default ?? sdk;
const { place, password, temporary, crowd } = task;
const NEW_PASSWORD = `${password}-new`;

class Memory {
	#items = new Map();
	setItem(key, value) { this.#items.set(key, String(value)); return value; }
	getItem(key) { return this.#items.get(key) ?? null; }
	removeItem(key) { return this.#items.delete(key); }
	clear() { this.#items.clear(); }
}

const poolOf = Storage =>
	new CognitoUserPool({ UserPoolId: place.poolId, ClientId: place.clientId, endpoint: place.endpoint, Storage });
const userOf = (Username, Storage = new Memory()) => new CognitoUser({ Username, Pool: poolOf(Storage), Storage });

const call = run =>
	new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))));
const told = run => new Promise((onSuccess, onFailure) => run({ onSuccess, onFailure, inputVerificationCode: onSuccess }));

const code = username => codeOf(place, username);

// Signs in, answers what is asked, and returns the challenges that were asked, with the session.
function signIn(user, secret, answers = {}) {
	const asked = [];
	return new Promise((resolve, reject) => {
		const callbacks = {
			onSuccess: session => resolve({ session, asked }),
			onFailure: reject,
			newPasswordRequired: () => {
				asked.push('NEW_PASSWORD_REQUIRED');
				user.completeNewPasswordChallenge(answers.newPassword, {}, callbacks);
			},
			totpRequired: () => {
				asked.push('SOFTWARE_TOKEN_MFA');
				user.sendMFACode(answers.totp(), callbacks, 'SOFTWARE_TOKEN_MFA');
			},
			mfaSetup: () => reject(new Error('MFA_SETUP was asked')),
			mfaRequired: () => reject(new Error('SMS_MFA was asked')),
			customChallenge: () => reject(new Error('CUSTOM_CHALLENGE was asked')),
		};
		const details = new AuthenticationDetails({ Username: user.getUsername(), Password: secret });
		user.authenticateUser(details, callbacks);
	});
}

const flows = {
	async sign_up() {
		const email = new CognitoUserAttribute({ Name: 'email', Value: 'carol@example.com' });
		await call(done => poolOf(new Memory()).signUp('carol', password, [email], null, done));
		const user = userOf('carol');
		await refused(signIn(user, password), 'UserNotConfirmedException');
		await call(done => user.resendConfirmationCode(done));
		await refused(call(done => user.confirmRegistration('000000', true, done)), 'CodeMismatchException');
		await call(done => code('carol').then(found => user.confirmRegistration(found, true, done), done));
		const { session, asked } = await signIn(user, password);
		expect(asked, []);
		expect(session.getAccessToken().payload.username, 'carol');
	},
	async wrong_password() {
		await refused(signIn(userOf('wendy'), `${password}x`), 'NotAuthorizedException');
		await refused(signIn(userOf('nobody-of-that-name'), password), 'NotAuthorizedException');
	},
	async new_password() {
		const { asked } = await signIn(userOf('newcomer'), temporary, { newPassword: NEW_PASSWORD });
		expect(asked, ['NEW_PASSWORD_REQUIRED']);
		await signIn(userOf('newcomer'), NEW_PASSWORD);
	},
	async authenticator_app_and_remembered_device() {
		const storage = new Memory();
		const user = userOf('mia', storage);
		await signIn(user, password);
		const secret = await new Promise((resolve, reject) =>
			user.associateSoftwareToken({ associateSecretCode: resolve, onFailure: reject }));
		await refused(told(on => user.verifySoftwareToken('000000', 'phone', on)), 'EnableSoftwareTokenMFAException');
		await told(on => user.verifySoftwareToken(totp(secret), 'phone', on));
		await call(done => user.setUserMfaPreference(null, { Enabled: true, PreferredMfa: true }, done));
		const other = await signIn(userOf('mia'), password, { totp: () => totp(secret, 1) });
		expect(other.asked, ['SOFTWARE_TOKEN_MFA']);
		await told(on => user.setDeviceStatusRemembered(on));
		expect((await told(on => user.getDevice(on))).Device.DeviceKey, user.deviceKey);
		const key = user.deviceKey;
		const again = userOf('mia', storage);
		const { session, asked } = await signIn(again, password);
		expect(asked, []);
		expect(session.getAccessToken().payload.device_key, key);
		const refreshed = await call(done => again.refreshSession(session.getRefreshToken(), done));
		expect(refreshed.getAccessToken().payload.device_key, key);
		await told(on => again.forgetDevice(on));
	},
	async attributes() {
		const user = userOf('ann');
		await signIn(user, password);
		const email = new CognitoUserAttribute({ Name: 'email', Value: 'ann2@example.com' });
		await call(done => user.updateAttributes([email, new CognitoUserAttribute({ Name: 'name', Value: 'Änn' })], done));
		await told(on => user.getAttributeVerificationCode('email', on));
		const sent = await code('ann');
		await told(on => user.verifyAttribute('email', sent, on));
		await call(done => user.deleteAttributes(['name'], done));
		const held = Object.fromEntries((await call(done => user.getUserAttributes(done))).map(one => [one.Name, one.Value]));
		expect([held.email, held.email_verified, held.name], ['ann2@example.com', 'true', undefined]);
	},
	async change_password() {
		const user = userOf('paul');
		await signIn(user, password);
		await refused(call(done => user.changePassword(`${password}x`, NEW_PASSWORD, done)), 'NotAuthorizedException');
		await call(done => user.changePassword(password, NEW_PASSWORD, done));
		await signIn(userOf('paul'), NEW_PASSWORD);
	},
	async forgotten_password() {
		const user = userOf('fay');
		await told(on => user.forgotPassword(on));
		const sent = await code('fay');
		await told(on => user.confirmPassword(sent, NEW_PASSWORD, on));
		await signIn(user, NEW_PASSWORD);
	},
	async refresh_and_sign_out_everywhere() {
		const user = userOf('rob');
		const { session } = await signIn(user, password);
		const refreshed = await call(done => user.refreshSession(session.getRefreshToken(), done));
		expect(refreshed.isValid(), true);
		expect(refreshed.getRefreshToken().getToken(), session.getRefreshToken().getToken());
		await refused(
			call(done => user.refreshSession(new CognitoRefreshToken({ RefreshToken: 'x.x.x.x.x' }), done)),
			'NotAuthorizedException');
		await signIn(user, password);
		await told(on => user.globalSignOut(on));
		await refused(
			call(done => userOf('rob').refreshSession(session.getRefreshToken(), done)), 'NotAuthorizedException');
	},
	async sign_out() {
		const user = userOf('sue');
		const { session } = await signIn(user, password);
		await call(done => user.signOut(error => done(error, 'signed out')));
		await refused(
			call(done => userOf('sue').refreshSession(session.getRefreshToken(), done)), 'NotAuthorizedException');
	},
	async delete_user() {
		const user = userOf('del');
		await signIn(user, password);
		await call(done => user.deleteUser(done));
		await refused(signIn(userOf('del'), password), 'NotAuthorizedException');
	},
};

await Promise.all(Object.entries(flows).map(([name, flow]) => run(name, flow)));
await Promise.all(crowd.map(one => run(`srp ${one.username}`, async () => {
	const { session } = await signIn(userOf(one.username), one.password);
	expect(session.getIdToken().payload['cognito:username'], one.username);
})));
