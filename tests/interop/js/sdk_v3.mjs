// Drives the AWS SDK for JavaScript v3, unchanged, with the SRP of cognito-srp-helper.
import * as sdk from '@aws-sdk/client-cognito-identity-provider';
import srp from 'cognito-srp-helper';
import { code, expect, newUser, payload, refused, run, task, totp } from './common.mjs';

const { place, emulator, password, temporary } = task;
const { clientId: ClientId, poolId: UserPoolId } = place;
const NEW_PASSWORD = `${password}-new`;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = new sdk.CognitoIdentityProviderClient({ endpoint: place.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
const send = (operation, input) => client.send(new sdk[`${operation}Command`](input));

let count = 0;
const user = (options = {}) => {
	const name = `user-${++count}`;
	return newUser(place, name, { password, attributes: { email: `${name}@example.com`, email_verified: 'true' }, ...options });
};

async function signIn(USERNAME, secret = password, more = {}) {
	const AuthParameters = { USERNAME, PASSWORD: secret, ...more };
	const answer = await send('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
	return answer.AuthenticationResult ?? answer;
}

// Returns the session of the handshake, and what answers the proof.
async function bySRP(USERNAME, secret = password, device = {}) {
	const session = srp.createSrpSession(USERNAME, secret, UserPoolId, false);
	const request = { ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { CHALLENGE_NAME: 'SRP_A', USERNAME, ...device } };
	const challenge = await send('InitiateAuth', srp.wrapInitiateAuth(session, request));
	expect(challenge.ChallengeName, 'PASSWORD_VERIFIER');
	const signed = srp.signSrpSession(session, challenge);
	const proof = { ClientId, ChallengeName: 'PASSWORD_VERIFIER', ChallengeResponses: { USERNAME, ...device } };
	return { session, signed, answer: await send('RespondToAuthChallenge', srp.wrapAuthChallenge(signed, proof)) };
}

const respond = (challenge, responses, Session) =>
	send('RespondToAuthChallenge', { ClientId, ChallengeName: challenge, ChallengeResponses: responses, Session });

const everywhere = {
	async sign_up_and_confirm() {
		const given = { ClientId, Username: 'carol' };
		const email = [{ Name: 'email', Value: 'carol@example.com' }];
		const made = await send('SignUp', { ...given, Password: password, UserAttributes: email });
		expect([made.UserConfirmed, made.CodeDeliveryDetails.DeliveryMedium], [false, 'EMAIL']);
		await refused(send('SignUp', { ...given, Password: password, UserAttributes: email }), 'UsernameExistsException');
		await refused(signIn('carol'), 'UserNotConfirmedException');
		await refused(send('ConfirmSignUp', { ...given, ConfirmationCode: '000000' }), 'CodeMismatchException');
		await send('ResendConfirmationCode', given);
		await send('ConfirmSignUp', { ...given, ConfirmationCode: await code(place, 'carol') });
		expect(payload((await signIn('carol')).AccessToken).username, 'carol');
	},
	async sign_in_by_srp() {
		const name = await user();
		const { answer } = await bySRP(name);
		expect(payload(answer.AuthenticationResult.IdToken)['cognito:username'], name);
		expect(answer.AuthenticationResult.ExpiresIn, 3600);
	},
	async a_wrong_password_is_refused() {
		const name = await user();
		const wrong = await refused(bySRP(name, `${password}x`), 'NotAuthorizedException');
		if (!(wrong instanceof sdk.NotAuthorizedException)) throw new Error('the error has no type');
		expect([wrong.message, wrong.$metadata.httpStatusCode], ['Incorrect username or password.', 400]);
		const plain = await refused(signIn(name, `${password}x`), 'NotAuthorizedException');
		expect(plain.message, (await refused(signIn('nobody'), 'NotAuthorizedException')).message);
	},
	async a_device_signs_in_by_srp() {
		const name = await user();
		const { answer: first } = await bySRP(name);
		const { AccessToken, NewDeviceMetadata } = first.AuthenticationResult;
		const { DeviceKey, DeviceGroupKey } = NewDeviceMetadata;
		const { DeviceSecretVerifierConfig, DeviceRandomPassword } = srp.createDeviceVerifier(DeviceKey, DeviceGroupKey);
		await send('ConfirmDevice', { AccessToken, DeviceKey, DeviceName: 'phone', DeviceSecretVerifierConfig });
		const { session, signed, answer } = await bySRP(name, password, { DEVICE_KEY: DeviceKey });
		expect(answer.ChallengeName, 'DEVICE_SRP_AUTH');
		const given = { USERNAME: name, DEVICE_KEY: DeviceKey };
		const asked = await send('RespondToAuthChallenge', srp.wrapAuthChallenge(signed, { ClientId, ChallengeName: 'DEVICE_SRP_AUTH', ChallengeResponses: given, Session: answer.Session }));
		expect(asked.ChallengeName, 'DEVICE_PASSWORD_VERIFIER');
		const proof = srp.signSrpSessionWithDevice(session, asked, DeviceGroupKey, DeviceRandomPassword);
		const last = await send('RespondToAuthChallenge', srp.wrapAuthChallenge(proof, { ClientId, ChallengeName: 'DEVICE_PASSWORD_VERIFIER', ChallengeResponses: given, Session: asked.Session }));
		expect(payload(last.AuthenticationResult.AccessToken).device_key, DeviceKey);
		const { Device } = await send('GetDevice', { AccessToken, DeviceKey });
		if (!(Device.DeviceCreateDate instanceof Date)) throw new Error('DeviceCreateDate is no date');
		await send('ForgetDevice', { AccessToken, DeviceKey });
		await refused(send('GetDevice', { AccessToken, DeviceKey }), 'ResourceNotFoundException');
	},
	async a_new_password_is_chosen() {
		const name = await user({ temporary });
		const asked = await signIn(name, temporary);
		expect(asked.ChallengeName, 'NEW_PASSWORD_REQUIRED');
		const weak = respond('NEW_PASSWORD_REQUIRED', { USERNAME: name, NEW_PASSWORD: 'weakling' }, asked.Session);
		await refused(weak, 'InvalidPasswordException');
		const { AuthenticationResult } = await respond('NEW_PASSWORD_REQUIRED', { USERNAME: name, NEW_PASSWORD: password }, asked.Session);
		expect(AuthenticationResult.TokenType, 'Bearer');
	},
	async an_authenticator_app_is_a_second_factor() {
		const name = await user();
		const { AccessToken } = await signIn(name);
		const { SecretCode } = await send('AssociateSoftwareToken', { AccessToken });
		expect((await send('VerifySoftwareToken', { AccessToken, UserCode: totp(SecretCode) })).Status, 'SUCCESS');
		await send('SetUserMFAPreference', { AccessToken, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
		const asked = await signIn(name);
		expect(asked.ChallengeName, 'SOFTWARE_TOKEN_MFA');
		const answer = (SOFTWARE_TOKEN_MFA_CODE, Session) => respond('SOFTWARE_TOKEN_MFA', { USERNAME: name, SOFTWARE_TOKEN_MFA_CODE }, Session);
		await refused(answer('000000', asked.Session), 'CodeMismatchException');
		const { AuthenticationResult } = await answer(totp(SecretCode, 1), asked.Session);
		expect(payload(AuthenticationResult.AccessToken).username, name);
		expect((await send('GetUser', { AccessToken })).UserMFASettingList, ['SOFTWARE_TOKEN_MFA']);
	},
	async tokens_are_refreshed_and_revoked() {
		const name = await user();
		const { RefreshToken, NewDeviceMetadata } = await signIn(name);
		const { DeviceKey } = NewDeviceMetadata;
		const fresh = await send('GetTokensFromRefreshToken', { ClientId, RefreshToken, DeviceKey });
		expect(payload(fresh.AuthenticationResult.AccessToken).username, name);
		const AuthParameters = { REFRESH_TOKEN: RefreshToken, DEVICE_KEY: DeviceKey };
		const classic = await send('InitiateAuth', { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters });
		expect(payload(classic.AuthenticationResult.IdToken)['cognito:username'], name);
		await send('RevokeToken', { ClientId, Token: RefreshToken });
		await refused(send('GetTokensFromRefreshToken', { ClientId, RefreshToken, DeviceKey }), 'NotAuthorizedException');
	},
	async passwords_are_changed_and_reset() {
		const name = await user();
		const { AccessToken } = await signIn(name);
		await send('ChangePassword', { AccessToken, PreviousPassword: password, ProposedPassword: NEW_PASSWORD });
		await refused(signIn(name), 'NotAuthorizedException');
		const sent = await send('ForgotPassword', { ClientId, Username: name });
		// The wire endpoint tells nobody where a code goes.
		expect(sent.CodeDeliveryDetails.Destination, emulator ? 'u***@e***' : '***');
		const given = { ClientId, Username: name, Password: password };
		await refused(send('ConfirmForgotPassword', { ...given, ConfirmationCode: '000000' }), 'CodeMismatchException');
		await send('ConfirmForgotPassword', { ...given, ConfirmationCode: await code(place, name) });
		await signIn(name);
	},
	async attributes_are_changed_and_verified() {
		const name = await user();
		const { AccessToken } = await signIn(name);
		const UserAttributes = [{ Name: 'email', Value: `${name}@example.org` }, { Name: 'name', Value: 'Änn' }];
		expect((await send('UpdateUserAttributes', { AccessToken, UserAttributes })).CodeDeliveryDetailsList.length, 1);
		await send('GetUserAttributeVerificationCode', { AccessToken, AttributeName: 'email' });
		await send('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code: await code(place, name) });
		await send('DeleteUserAttributes', { AccessToken, UserAttributeNames: ['name'] });
		const held = Object.fromEntries((await send('GetUser', { AccessToken })).UserAttributes.map(one => [one.Name, one.Value]));
		expect([held.email, held.email_verified, held.name], [`${name}@example.org`, 'true', undefined]);
	},
	async a_user_signs_out_everywhere_and_is_deleted() {
		const name = await user();
		const { AccessToken } = await signIn(name);
		await send('GlobalSignOut', { AccessToken });
		await refused(send('GetUser', { AccessToken }), 'NotAuthorizedException');
		await send('DeleteUser', { AccessToken: (await signIn(name)).AccessToken });
		await refused(signIn(name), 'NotAuthorizedException');
	},
	async what_is_malformed_is_refused() {
		const malformed = await refused(send('GetUser', { AccessToken: 'no blanks here' }), 'InvalidParameterException');
		expect([malformed.$fault, malformed.$metadata.attempts], ['client', 1]);
		await refused(send('SignUp', { ClientId: 'another', Username: 'x', Password: password }), 'ResourceNotFoundException');
	},
};

const atTheEmulator = {
	async an_administrator_manages_users() {
		const Username = await user();
		const given = { UserPoolId, Username };
		await send('AdminUpdateUserAttributes', { ...given, UserAttributes: [{ Name: 'name', Value: 'A' }] });
		await send('AdminDisableUser', given);
		const found = await send('AdminGetUser', given);
		expect([found.Enabled, found.UserStatus, found.UserCreateDate instanceof Date], [false, 'CONFIRMED', true]);
		await refused(signIn(Username), 'NotAuthorizedException');
		await send('AdminEnableUser', given);
		await send('AdminDeleteUser', given);
		const gone = await refused(send('AdminGetUser', given), 'UserNotFoundException');
		if (!(gone instanceof sdk.UserNotFoundException)) throw new Error('the error has no type');
	},
	async an_administrator_signs_a_user_in() {
		const USERNAME = await user();
		const AuthParameters = { USERNAME, PASSWORD: password };
		const answer = await send('AdminInitiateAuth', { UserPoolId, ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters });
		expect(payload(answer.AuthenticationResult.AccessToken).username, USERNAME);
		await send('AdminUserGlobalSignOut', { UserPoolId, Username: USERNAME });
	},
	async users_and_groups_come_in_pages() {
		const Username = await user();
		await user();
		for (const GroupName of ['a', 'b', 'c']) {
			await send('CreateGroup', { UserPoolId, GroupName });
			await send('AdminAddUserToGroup', { UserPoolId, GroupName, Username });
		}
		const names = [];
		for await (const page of sdk.paginateListGroups({ client, pageSize: 2 }, { UserPoolId })) names.push(page.Groups.map(one => one.GroupName));
		expect(names.map(page => page.length), [2, 1]);
		expect(names.flat().toSorted(), ['a', 'b', 'c']);
		const users = [];
		for await (const page of sdk.paginateListUsers({ client, pageSize: 1 }, { UserPoolId })) users.push(...page.Users);
		expect(new Set(users.map(one => one.Username)).size, users.length);
		expect(payload((await signIn(Username)).AccessToken)['cognito:groups'].toSorted(), ['a', 'b', 'c']);
	},
	async the_pool_describes_itself() {
		const { UserPool } = await send('DescribeUserPool', { UserPoolId });
		expect([UserPool.Id, UserPool.MfaConfiguration], [UserPoolId, 'OPTIONAL']);
		const { UserPoolClient } = await send('DescribeUserPoolClient', { UserPoolId, ClientId });
		expect(UserPoolClient.ClientId, ClientId);
	},
	async a_pool_of_ones_own() {
		const mine = { UserPoolId: (await send('CreateUserPool', { PoolName: 'mine' })).UserPool.Id };
		const ExplicitAuthFlows = ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];
		const { UserPoolClient: web } = await send('CreateUserPoolClient', { ...mine, ClientName: 'web', ExplicitAuthFlows });
		await send('CreateUserPoolDomain', { ...mine, Domain: 'by-the-sdk' });
		const Scopes = [{ ScopeName: 'read', ScopeDescription: 'Reads' }];
		await send('CreateResourceServer', { ...mine, Identifier: 'orders', Name: 'Orders', Scopes });
		const ProviderDetails = { client_id: '1', client_secret: '2', authorize_scopes: 'openid', oidc_issuer: 'https://id.example', attributes_request_method: 'GET' };
		await send('CreateIdentityProvider', { ...mine, ProviderName: 'Corporate', ProviderType: 'OIDC', ProviderDetails });
		await send('CreateGroup', { ...mine, GroupName: 'staff' });
		const dora = { ...mine, Username: 'dora' };
		await send('AdminCreateUser', { ...dora, MessageAction: 'SUPPRESS' });
		await send('AdminSetUserPassword', { ...dora, Password: password, Permanent: true });
		await send('AdminAddUserToGroup', { ...dora, GroupName: 'staff' });
		const session = srp.createSrpSession('dora', password, mine.UserPoolId, false);
		const app = { ClientId: web.ClientId };
		const request = { ...app, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { CHALLENGE_NAME: 'SRP_A', USERNAME: 'dora' } };
		const challenge = await send('InitiateAuth', srp.wrapInitiateAuth(session, request));
		const proof = { ...app, ChallengeName: 'PASSWORD_VERIFIER', ChallengeResponses: { USERNAME: 'dora' } };
		const answer = await send('RespondToAuthChallenge', srp.wrapAuthChallenge(srp.signSrpSession(session, challenge), proof));
		const claims = payload(answer.AuthenticationResult.AccessToken);
		expect([claims.client_id, claims['cognito:groups']], [web.ClientId, ['staff']]);
		expect((await send('DescribeUserPoolDomain', { Domain: 'by-the-sdk' })).DomainDescription.UserPoolId, mine.UserPoolId);
		await refused(send('AdminGetUser', { UserPoolId, Username: 'dora' }), 'UserNotFoundException');
		await refused(send('DeleteUserPool', mine), 'InvalidParameterException');
		await send('DeleteUserPoolDomain', { ...mine, Domain: 'by-the-sdk' });
		await send('DeleteUserPool', mine);
		await refused(send('GetUser', { AccessToken: answer.AuthenticationResult.AccessToken }), 'NotAuthorizedException');
	},
};

const atTheWire = {
	async what_needs_credentials_is_not_there() {
		await refused(send('AdminGetUser', { UserPoolId, Username: 'carol' }), 'UnknownOperationException');
	},
};

for (const [flow, action] of Object.entries({ ...everywhere, ...(emulator ? atTheEmulator : atTheWire) })) await run(flow, action);
