// Drives Amplify, unchanged, through the flows of its Auth category against one place.
import { localStorage, sessionStorage } from './browser.mjs';
import { Amplify } from 'aws-amplify';
import * as category from 'aws-amplify/auth';
import { admin, code, expect, newUser, refused, run, task, totp } from './common.mjs';

const { places, password, temporary } = task;
const NEW_PASSWORD = `${password}-new`;
const SIGNED_IN = { isSignedIn: true, nextStep: { signInStep: 'DONE' } };

const called = new Set();
const auth = new Proxy(category, {
	get(functions, name) {
		called.add(name);
		return functions[name];
	},
});

let place;
function at(name) {
	place = places[name];
	const { poolId, clientId, endpoint } = place;
	Amplify.configure({ Auth: { Cognito: { userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } } });
}

let count = 0;
// A user whose e-mail address and phone number are verified.
function user({ email, phone, ...options } = {}) {
	const name = `user-${++count}`;
	const attributes = { email: email ?? `${name}@example.com`, email_verified: 'true' };
	if (phone) Object.assign(attributes, { phone_number: phone, phone_number_verified: 'true' });
	return newUser(place, name, { password, ...options, attributes });
}

// Amplify's arithmetic is slow: SRP is only where a flow is about it, and where it is Amplify's default.
const signIn = (username, authFlowType = 'USER_PASSWORD_AUTH') => auth.signIn({ username, password, options: { authFlowType } });
const signInBySRP = username => signIn(username, 'USER_SRP_AUTH');
const signInByNewPassword = username =>
	auth.signIn({ username, password: NEW_PASSWORD, options: { authFlowType: 'USER_PASSWORD_AUTH' } });
const signInWith = (username, preferredChallenge) =>
	auth.signIn({ username, password, options: { authFlowType: 'USER_AUTH', preferredChallenge } });
const answer = (challengeResponse, options) => auth.confirmSignIn({ challengeResponse: String(challengeResponse), options });
const sent = (username, purpose) => code(place, username, purpose);
const claims = async () => (await auth.fetchAuthSession()).tokens.accessToken.payload;
const step = async pending => (await pending).nextStep.signInStep;

const stored = () => Array.from(localStorage, key => [key, localStorage.getItem(key)]);

async function signedInAs(username) {
	expect((await auth.getCurrentUser()).username, username);
	const { tokens } = await auth.fetchAuthSession();
	expect([tokens.accessToken.payload.username, tokens.idToken.payload['cognito:username']], [username, username]);
}

async function signUp(username, options = {}, attributes = {}) {
	const email = `${username}@example.com`;
	return auth.signUp({ username, ...(options.password === null ? {} : { password }), options: { userAttributes: { email, ...attributes }, ...options.options } });
}

async function autoSignIn(username, authFlowType, withPassword = true) {
	const started = await signUp(username, { password: withPassword ? password : null, options: { autoSignIn: { authFlowType } } });
	expect(started.nextStep.signUpStep, 'CONFIRM_SIGN_UP');
	const confirmed = await auth.confirmSignUp({ username, confirmationCode: await sent(username) });
	expect(confirmed.nextStep.signUpStep, 'COMPLETE_AUTO_SIGN_IN');
	try {
		expect(await auth.autoSignIn(), SIGNED_IN);
	} finally {
		// Amplify takes no second one within 300 ms.
		await new Promise(done => setTimeout(done, 350));
	}
	await signedInAs(username);
}

// Sets an authenticator app up for the signed-in user, and returns its secret.
async function authenticatorApp() {
	const { sharedSecret } = await auth.setUpTOTP();
	await refused(auth.verifyTOTPSetup({ code: '000000' }), 'EnableSoftwareTokenMFAException');
	await auth.verifyTOTPSetup({ code: totp(sharedSecret) });
	return sharedSecret;
}

async function remembered(username) {
	expect(await signInBySRP(username), SIGNED_IN);
	await auth.rememberDevice();
	const [device] = await auth.fetchDevices();
	await auth.signOut();
	return device.id;
}

const main = {
	async sign_up_and_confirm() {
		const { nextStep } = await signUp('carol');
		expect([nextStep.signUpStep, nextStep.codeDeliveryDetails.deliveryMedium], ['CONFIRM_SIGN_UP', 'EMAIL']);
		await refused(signUp('carol'), 'UsernameExistsException');
		expect(await step(signInBySRP('carol')), 'CONFIRM_SIGN_UP');
		await refused(auth.confirmSignUp({ username: 'carol', confirmationCode: '000000' }), 'CodeMismatchException');
		const confirmed = await auth.confirmSignUp({ username: 'carol', confirmationCode: await sent('carol') });
		expect(confirmed, { isSignUpComplete: true, nextStep: { signUpStep: 'DONE' } });
		expect(await signInBySRP('carol'), SIGNED_IN);
		await signedInAs('carol');
	},
	async resend_the_code_of_a_sign_up() {
		await signUp('rita');
		const first = await sent('rita');
		const delivery = await auth.resendSignUpCode({ username: 'rita' });
		expect([delivery.deliveryMedium, delivery.attributeName], ['EMAIL', 'email']);
		const second = await sent('rita');
		if (first !== second) await refused(auth.confirmSignUp({ username: 'rita', confirmationCode: first }), 'CodeMismatchException');
		await auth.confirmSignUp({ username: 'rita', confirmationCode: second });
	},
	async auto_sign_in_by_srp() { await autoSignIn('auto-srp', 'USER_SRP_AUTH'); },
	async auto_sign_in_by_user_auth() { await autoSignIn('auto-user-auth', 'USER_AUTH'); },
	async auto_sign_in_without_a_password() { await autoSignIn('auto-passwordless', 'USER_AUTH', false); },
	async sign_in_by_srp() {
		const name = await user();
		expect(await signInBySRP(name), SIGNED_IN);
		await signedInAs(name);
	},
	async sign_in_by_password() {
		const name = await user();
		expect(await signIn(name, 'USER_PASSWORD_AUTH'), SIGNED_IN);
		await signedInAs(name);
	},
	async a_wrong_password_is_refused() {
		const username = await user();
		for (const authFlowType of ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']) {
			const options = { authFlowType };
			const one = await refused(auth.signIn({ username, password: `${password}x`, options }), 'NotAuthorizedException');
			const other = await refused(auth.signIn({ username: 'nobody', password, options }), 'NotAuthorizedException');
			expect(one.message, other.message);
		}
	},
	async choose_a_first_factor() {
		const name = await user({ phone: '+12065550101' });
		const { nextStep } = await auth.signIn({ username: name, options: { authFlowType: 'USER_AUTH' } });
		expect(nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION');
		expect(nextStep.availableChallenges.toSorted(), ['EMAIL_OTP', 'PASSWORD', 'PASSWORD_SRP', 'SMS_OTP']);
		expect(await step(answer('PASSWORD')), 'CONFIRM_SIGN_IN_WITH_PASSWORD');
		expect(await answer(password), SIGNED_IN);
		await signedInAs(name);
	},
	async choose_srp_as_first_factor() {
		const name = await user();
		await auth.signIn({ username: name, options: { authFlowType: 'USER_AUTH' } });
		expect(await step(answer('PASSWORD_SRP')), 'CONFIRM_SIGN_IN_WITH_PASSWORD');
		expect(await answer(password), SIGNED_IN);
		await signedInAs(name);
	},
	async user_auth_by_password() {
		const name = await user();
		expect(await signInWith(name, 'PASSWORD'), SIGNED_IN);
		await signedInAs(name);
	},
	async user_auth_by_srp() {
		const name = await user();
		expect(await signInWith(name, 'PASSWORD_SRP'), SIGNED_IN);
		await signedInAs(name);
	},
	async user_auth_by_email() {
		const name = await user();
		expect(await step(signInWith(name, 'EMAIL_OTP')), 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
		await refused(answer('00000000'), 'CodeMismatchException');
		expect(await answer(await sent(name)), SIGNED_IN);
		await signedInAs(name);
	},
	async user_auth_by_sms() {
		const name = await user({ phone: '+12065550102' });
		expect(await step(signInWith(name, 'SMS_OTP')), 'CONFIRM_SIGN_IN_WITH_SMS_CODE');
		expect(await answer(await sent(name)), SIGNED_IN);
		await signedInAs(name);
	},
	async passkey() {
		const name = await user();
		await signIn(name);
		await auth.associateWebAuthnCredential();
		const { credentials } = await auth.listWebAuthnCredentials();
		expect([credentials.length, credentials[0].relyingPartyId], [1, 'localhost']);
		await auth.signOut();
		expect(await signInWith(name, 'WEB_AUTHN'), SIGNED_IN);
		await signedInAs(name);
		await auth.deleteWebAuthnCredential({ credentialId: credentials[0].credentialId });
		expect((await auth.listWebAuthnCredentials()).credentials, []);
	},
	async custom_challenge_after_srp() {
		const name = await user();
		const { nextStep } = await signIn(name, 'CUSTOM_WITH_SRP');
		expect([nextStep.signInStep, nextStep.additionalInfo.hint], ['CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE', 'the answer to everything']);
		expect(await answer('42'), SIGNED_IN);
		await signedInAs(name);
	},
	async custom_challenge_without_srp() {
		const name = await user();
		await auth.signIn({ username: name, options: { authFlowType: 'CUSTOM_WITHOUT_SRP' } });
		expect(await step(answer('41')), 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE');
		expect(await answer('42'), SIGNED_IN);
		await signedInAs(name);
	},
	async new_password_with_attributes() {
		const name = await user({ temporary });
		const { nextStep } = await auth.signIn({ username: name, password: temporary });
		expect([nextStep.signInStep, nextStep.missingAttributes], ['CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED', []]);
		expect(await answer(password, { userAttributes: { name: 'Änn' } }), SIGNED_IN);
		expect((await auth.fetchUserAttributes()).name, 'Änn');
		await auth.signOut();
		expect(await signIn(name), SIGNED_IN);
	},
	async second_factor_by_authenticator_app() {
		const name = await user();
		await signIn(name);
		const secret = await authenticatorApp();
		await auth.updateMFAPreference({ totp: 'PREFERRED' });
		const { enabled, preferred } = await auth.fetchMFAPreference();
		expect([enabled, preferred], [['TOTP'], 'TOTP']);
		await auth.signOut();
		expect(await step(signInBySRP(name)), 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
		await refused(answer('000000'), 'CodeMismatchException');
		expect(await answer(totp(secret, 1)), SIGNED_IN);
		await signedInAs(name);
	},
	async second_factor_by_sms() {
		const name = await user({ phone: '+12065550103' });
		await signIn(name);
		await auth.updateMFAPreference({ sms: 'PREFERRED' });
		await auth.signOut();
		expect(await step(signIn(name)), 'CONFIRM_SIGN_IN_WITH_SMS_CODE');
		expect(await answer(await sent(name)), SIGNED_IN);
		await signedInAs(name);
	},
	async second_factor_by_email() {
		const name = await user();
		await signIn(name);
		await auth.updateMFAPreference({ email: 'PREFERRED' });
		await auth.signOut();
		expect(await step(signIn(name)), 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
		expect(await answer(await sent(name)), SIGNED_IN);
		await signedInAs(name);
	},
	async choose_a_second_factor() {
		const name = await user({ phone: '+12065550104' });
		await signIn(name);
		await authenticatorApp();
		await auth.updateMFAPreference({ totp: 'ENABLED', sms: 'ENABLED' });
		await auth.signOut();
		const { nextStep } = await signIn(name);
		expect(nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION');
		expect(nextStep.allowedMFATypes.toSorted(), ['SMS', 'TOTP']);
		expect(await step(answer('SMS')), 'CONFIRM_SIGN_IN_WITH_SMS_CODE');
		expect(await answer(await sent(name)), SIGNED_IN);
	},
	async preferences_of_second_factors() {
		const name = await user({ phone: '+12065550105' });
		await signIn(name);
		expect(await auth.fetchMFAPreference(), {});
		await auth.updateMFAPreference({ sms: 'ENABLED', email: 'PREFERRED' });
		const both = await auth.fetchMFAPreference();
		expect([both.enabled.toSorted(), both.preferred], [['EMAIL', 'SMS'], 'EMAIL']);
		await auth.updateMFAPreference({ sms: 'DISABLED', email: 'DISABLED' });
		expect(await auth.fetchMFAPreference(), {});
	},
	async reset_a_forgotten_password() {
		const username = await user();
		const { nextStep } = await auth.resetPassword({ username });
		expect(nextStep.resetPasswordStep, 'CONFIRM_RESET_PASSWORD_WITH_CODE');
		const given = { username, newPassword: NEW_PASSWORD };
		await refused(auth.confirmResetPassword({ ...given, confirmationCode: '000000' }), 'CodeMismatchException');
		await auth.confirmResetPassword({ ...given, confirmationCode: await sent(username) });
		expect(await signInByNewPassword(username), SIGNED_IN);
	},
	async a_password_that_an_administrator_has_reset() {
		const username = await user();
		await admin(place, 'AdminResetUserPassword', { Username: username });
		expect(await step(signIn(username)), 'RESET_PASSWORD');
		await auth.confirmResetPassword({ username, newPassword: NEW_PASSWORD, confirmationCode: await sent(username) });
		expect(await signInByNewPassword(username), SIGNED_IN);
	},
	async update_the_password() {
		const username = await user();
		await signIn(username);
		await refused(auth.updatePassword({ oldPassword: `${password}x`, newPassword: NEW_PASSWORD }), 'NotAuthorizedException');
		await auth.updatePassword({ oldPassword: password, newPassword: NEW_PASSWORD });
		await auth.signOut();
		expect(await signInByNewPassword(username), SIGNED_IN);
	},
	async attributes() {
		await signIn(await user());
		const updated = await auth.updateUserAttributes({ userAttributes: { name: 'Änn', nickname: 'A' } });
		expect(updated.name.nextStep.updateAttributeStep, 'DONE');
		await auth.deleteUserAttributes({ userAttributeKeys: ['nickname'] });
		const held = await auth.fetchUserAttributes();
		expect([held.name, held.nickname, held.email_verified], ['Änn', undefined, 'true']);
	},
	async verify_a_new_address() {
		const name = await user();
		await signIn(name);
		const userAttribute = { attributeKey: 'email', value: `${name}@example.org` };
		const { nextStep } = await auth.updateUserAttribute({ userAttribute });
		expect(nextStep.updateAttributeStep, 'CONFIRM_ATTRIBUTE_WITH_CODE');
		const delivery = await auth.sendUserAttributeVerificationCode({ userAttributeKey: 'email' });
		expect(delivery.attributeName, 'email');
		const given = { userAttributeKey: 'email' };
		await refused(auth.confirmUserAttribute({ ...given, confirmationCode: '000000' }), 'CodeMismatchException');
		await auth.confirmUserAttribute({ ...given, confirmationCode: await sent(name) });
		const held = await auth.fetchUserAttributes();
		expect([held.email, held.email_verified], [userAttribute.value, 'true']);
	},
	async refresh() {
		const name = await user();
		await signIn(name);
		const before = await claims();
		const { tokens } = await auth.fetchAuthSession({ forceRefresh: true });
		expect([tokens.accessToken.payload.username, tokens.accessToken.payload.origin_jti], [name, before.origin_jti]);
		if (tokens.accessToken.payload.jti === before.jti) throw new Error('the access token is the same');
	},
	async sign_out_revokes() {
		const name = await user();
		await signIn(name);
		const kept = stored();
		await auth.signOut();
		await refused(auth.getCurrentUser(), 'UserUnAuthenticatedException');
		kept.forEach(([key, value]) => localStorage.setItem(key, value));
		expect((await auth.fetchAuthSession({ forceRefresh: true })).tokens, undefined);
	},
	async sign_out_everywhere() {
		const name = await user();
		await signIn(name);
		const kept = stored();
		await auth.signOut({ global: true });
		kept.forEach(([key, value]) => localStorage.setItem(key, value));
		await refused(auth.fetchUserAttributes(), 'NotAuthorizedException');
		expect((await auth.fetchAuthSession({ forceRefresh: true })).tokens, undefined);
	},
	async delete_the_user() {
		const name = await user();
		await signIn(name);
		await auth.deleteUser();
		await refused(signIn(name), 'NotAuthorizedException');
	},
};

const strict = {
	async set_an_authenticator_app_up_to_sign_in() {
		const name = await user();
		const { nextStep } = await signInBySRP(name);
		expect([nextStep.signInStep, nextStep.allowedMFATypes.toSorted()], ['CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION', ['EMAIL', 'TOTP']]);
		const setup = await answer('TOTP');
		expect(setup.nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP');
		expect(await answer(totp(setup.nextStep.totpSetupDetails.sharedSecret)), SIGNED_IN);
		await signedInAs(name);
	},
	async set_email_up_to_sign_in() {
		const name = await newUser(place, 'no-address', { password });
		expect(await step(signIn(name)), 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION');
		expect(await step(answer('EMAIL')), 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP');
		expect(await step(answer('no-address@example.com')), 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
		expect(await answer(await sent(name)), SIGNED_IN);
		await signedInAs(name);
	},
};

const devices = {
	async a_remembered_device_signs_in_by_srp() {
		const name = await user();
		const key = await remembered(name);
		expect(await signInBySRP(name), SIGNED_IN);
		expect((await claims()).device_key, key);
	},
	async a_device_is_forgotten() {
		const name = await user();
		const key = await remembered(name);
		await signIn(name);
		await auth.forgetDevice({ device: { id: key } });
		expect(await auth.fetchDevices(), []);
	},
	async a_device_that_was_deleted_elsewhere_is_replaced() {
		const name = await user();
		const key = await remembered(name);
		await admin(place, 'AdminForgetDevice', { Username: name, DeviceKey: key });
		expect(await signInBySRP(name), SIGNED_IN);
		const [device] = await auth.fetchDevices();
		if (device.id === key) throw new Error('the device was not replaced');
	},
	async refresh_tokens_rotate() {
		const name = await user();
		await signIn(name);
		const held = () => stored().find(([key]) => key.endsWith('.refreshToken'))[1];
		const before = held();
		expect((await auth.fetchAuthSession({ forceRefresh: true })).tokens.accessToken.payload.username, name);
		if (held() === before) throw new Error('the refresh token is the same');
	},
};

const last = {
	async every_function_was_called() {
		// Managed login is no part of the user pools API; the other reads what a token says, unverified.
		const elsewhere = ['signInWithRedirect', 'decodeJWT'];
		const functions = Object.keys(category).filter(name => typeof category[name] === 'function' && !/Error$/.test(name));
		expect(functions.filter(name => !called.has(name) && !elsewhere.includes(name)), []);
	},
};

for (const [name, flows] of Object.entries({ main, strict, devices, last })) {
	if (places[name]) at(name);
	for (const [flow, action] of Object.entries(flows)) {
		await run(flow, action);
		// The next flow comes from another browser.
		await auth.signOut().catch(() => {});
		localStorage.clear();
		sessionStorage.clear();
	}
}
// Amplify waits three minutes for what was begun and not finished.
process.exit(0);
