// Signs in at the pool's domain with openid-client and oidc-client-ts, unchanged, by what they discover.
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import * as openid from 'openid-client';
import { expect, payload, refused, run, task } from './common.mjs';

const { callback, logout, password, places, machine } = task;
const issuer = place => `${place.endpoint}${place.poolId}`;

// A person at a browser: fills in the forms of the pages, and stops at the app's callback.
class Browser {
	cookies = new Map();

	async open(address, form) {
		const answer = await fetch(address, {
			redirect: 'manual',
			method: form ? 'POST' : 'GET',
			body: form && new URLSearchParams(form),
			headers: { Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
		});
		for (const cookie of answer.headers.getSetCookie()) {
			const [, name, value] = cookie.match(/^([^=]+)="?([^;"]*)/);
			this.cookies.set(name, value);
		}
		const location = answer.headers.get('location');
		if (!location) return { address: String(address), status: answer.status, text: await answer.text() };
		const next = new URL(location, address);
		return String(next).startsWith(callback) || String(next).startsWith(logout) ? next : this.open(next);
	}

	async signIn(address, username = 'ann') {
		const page = await this.open(address);
		if (page instanceof URL) return page;
		const action = page.text.match(/action="([^"]+)"/)[1].replaceAll('&amp;', '&');
		const _csrf = page.text.match(/name="_csrf" value="([^"]+)"/)[1];
		return this.open(new URL(action, page.address), { _csrf, username, password });
	}
}

const discovered = (place, authentication = openid.None(), clientId = place.clientId) =>
	openid.discovery(new URL(issuer(place)), clientId, undefined, authentication, { execute: [openid.allowInsecureRequests] });

async function started(config, more = {}) {
	const verifier = openid.randomPKCECodeVerifier();
	const checks = { pkceCodeVerifier: verifier, expectedState: openid.randomState(), expectedNonce: openid.randomNonce() };
	const address = openid.buildAuthorizationUrl(config, {
		redirect_uri: callback,
		scope: 'openid email',
		code_challenge: await openid.calculatePKCECodeChallenge(verifier),
		code_challenge_method: 'S256',
		state: checks.expectedState,
		nonce: checks.expectedNonce,
		...more,
	});
	return { address, checks };
}

async function throughTheFlow(config) {
	const { address, checks } = await started(config);
	const tokens = await openid.authorizationCodeGrant(config, await new Browser().signIn(address), checks);
	expect([tokens.claims()['cognito:username'], tokens.claims().email, tokens.token_type], ['ann', 'ann@example.com', 'bearer']);
	return tokens;
}

const newClient = place => new OidcClient({
	authority: issuer(place),
	client_id: place.clientId,
	redirect_uri: callback,
	post_logout_redirect_uri: logout,
	response_type: 'code',
	scope: 'openid email',
	loadUserInfo: true,
	stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});

const flows = {
	async openid_client_gets_tokens_for_a_code() {
		await throughTheFlow(await discovered(places.main));
	},
	async openid_client_authenticates_by_basic_and_in_the_body() {
		for (const way of [openid.ClientSecretBasic, openid.ClientSecretPost]) await throughTheFlow(await discovered(places.secret, way(places.secret.secret)));
	},
	async openid_client_refreshes_and_revokes() {
		const config = await discovered(places.main);
		const tokens = await throughTheFlow(config);
		const again = await openid.refreshTokenGrant(config, tokens.refresh_token);
		expect([again.claims().sub, again.refresh_token], [tokens.claims().sub, undefined]);
		await openid.tokenRevocation(config, tokens.refresh_token);
		const error = await openid.refreshTokenGrant(config, tokens.refresh_token).then(() => null, found => found);
		expect(error?.error, 'invalid_grant');
	},
	async openid_client_rotates_refresh_tokens() {
		const config = await discovered(places.rotating);
		const tokens = await throughTheFlow(config);
		const again = await openid.refreshTokenGrant(config, tokens.refresh_token);
		if (!again.refresh_token || again.refresh_token === tokens.refresh_token) throw new Error('no new one');
	},
	async openid_client_asks_for_user_info() {
		const config = await discovered(places.main);
		const tokens = await throughTheFlow(config);
		const shown = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
		expect([shown.username, shown.email_verified], ['ann', 'true']);
	},
	async openid_client_gets_tokens_for_a_machine() {
		const config = await discovered(places.main, openid.ClientSecretBasic(machine.secret), machine.id);
		const tokens = await openid.clientCredentialsGrant(config, { scope: 'orders/read' });
		expect([payload(tokens.access_token).sub, payload(tokens.access_token).scope], [machine.id, 'orders/read']);
	},
	async openid_client_is_refused_with_another_verifier() {
		const config = await discovered(places.main);
		const { address, checks } = await started(config);
		const at = await new Browser().signIn(address);
		const guess = { ...checks, pkceCodeVerifier: openid.randomPKCECodeVerifier() };
		const error = await openid.authorizationCodeGrant(config, at, guess).then(() => null, found => found);
		expect(error?.error, 'invalid_grant');
	},
	async openid_client_learns_of_an_error_at_the_callback() {
		const config = await discovered(places.main);
		const { address, checks } = await started(config, { prompt: 'none' });
		const at = await new Browser().open(address);
		const error = await openid.authorizationCodeGrant(config, at, checks).then(() => null, found => found);
		expect(error?.error, 'login_required');
	},
	async openid_client_uses_a_session_and_ends_it() {
		const config = await discovered(places.main);
		const browser = new Browser();
		await browser.signIn((await started(config)).address);
		const { address, checks } = await started(config, { prompt: 'none', max_age: '3600' });
		await openid.authorizationCodeGrant(config, await browser.open(address), { ...checks, maxAge: 3600 });
		expect(String(await browser.open(openid.buildEndSessionUrl(config, { logout_uri: logout }))), logout);
		expect((await browser.open((await started(config, { prompt: 'none' })).address)).searchParams.get('error'), 'login_required');
	},
	async oidc_client_ts_signs_in_refreshes_and_signs_out() {
		const client = newClient(places.main);
		const browser = new Browser();
		const request = await client.createSigninRequest({ state: { page: 7 }, nonce: 'n-1' });
		const user = await client.processSigninResponse(String(await browser.signIn(request.url)));
		expect([user.profile['cognito:username'], user.profile.email, user.profile.username, user.userState], ['ann', 'ann@example.com', 'ann', { page: 7 }]);
		const again = await client.useRefreshToken({ state: { ...user, data: undefined, refresh_token: user.refresh_token, id_token: user.id_token, session_state: null, scope: user.scope, profile: user.profile } });
		expect(payload(again.access_token).sub, user.profile.sub);
		await client.revokeToken(user.refresh_token, 'refresh_token');
		const end = await client.createSignoutRequest({ extraQueryParams: { logout_uri: logout } });
		expect(String(await browser.open(end.url)).startsWith(logout), true);
	},
	async oidc_client_ts_is_told_of_an_error() {
		const client = newClient(places.main);
		const request = await client.createSigninRequest({ prompt: 'none' });
		const at = String(await new Browser().open(request.url));
		const error = await refused(client.processSigninResponse(at), 'ErrorResponse');
		expect(error.error, 'login_required');
	},
};

for (const [flow, action] of Object.entries(flows)) await run(flow, action);
