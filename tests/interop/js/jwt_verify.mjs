// Verifies tokens with aws-jwt-verify, unchanged, and by what openid-client discovers.
// The own fetcher of aws-jwt-verify speaks https only, so it gets one.
import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import * as errors from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { allowInsecureRequests, discovery, None } from 'openid-client';
import { expect, run, task } from './common.mjs';

const { place, other, own, tokens } = task;
const { poolId: userPoolId, clientId } = place;

const asked = [];
const fetcher = {
	async fetch(uri) {
		asked.push(uri);
		const { pathname } = new URL(uri);
		return (await fetch(`${place.endpoint}${pathname.slice(1)}`)).arrayBuffer();
	},
};
const verifier = (properties = {}) =>
	CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'access', ...properties }, { jwksCache: new SimpleJwksCache({ fetcher }) });
const refusedBy = async (kind, promise) => {
	const error = await promise.then(() => { throw new Error(`${kind} was expected`); }, found => found);
	if (!(error instanceof errors[kind])) throw error;
};
const tampered = token => {
	const [header, body, signature] = token.split('.');
	const claims = JSON.parse(Buffer.from(body, 'base64url'));
	return [header, Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': ['admins'] })).toString('base64url'), signature].join('.');
};

const flows = {
	async an_access_token() {
		const claims = await verifier().verify(tokens.access);
		expect([claims.username, claims.client_id, claims.token_use], ['ann', clientId, 'access']);
		expect(asked, [`https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}/.well-known/jwks.json`]);
	},
	async an_id_token() {
		const claims = await verifier({ tokenUse: 'id' }).verify(tokens.id);
		expect([claims['cognito:username'], claims.aud, claims.email], ['ann', clientId, 'ann@example.com']);
	},
	async either_of_them() {
		const either = verifier({ tokenUse: null });
		await either.verify(tokens.id);
		await either.verify(tokens.access);
	},
	async groups_and_scopes() {
		await verifier({ groups: ['analysts', 'others'], scope: ['aws.cognito.signin.user.admin'] }).verify(tokens.access);
		await refusedBy('CognitoJwtInvalidGroupError', verifier({ groups: 'admins' }).verify(tokens.access));
		await refusedBy('JwtInvalidScopeError', verifier({ scope: 'orders/read' }).verify(tokens.access));
	},
	async another_use_is_refused() {
		await refusedBy('CognitoJwtInvalidTokenUseError', verifier({ tokenUse: 'id' }).verify(tokens.access));
		await refusedBy('CognitoJwtInvalidTokenUseError', verifier().verify(tokens.id));
	},
	async another_client_is_refused() {
		await refusedBy('CognitoJwtInvalidClientIdError', verifier({ clientId: 'another' }).verify(tokens.access));
		await refusedBy('CognitoJwtInvalidClientIdError', verifier({ clientId: 'another', tokenUse: 'id' }).verify(tokens.id));
	},
	async another_pool_is_refused() {
		await refusedBy('ParameterValidationError', verifier().verify(tokens.other));
	},
	async an_expired_token_is_refused() {
		const cache = new SimpleJwksCache({ fetcher: { fetch: async () => (await fetch(`${other.endpoint}${other.poolId}/.well-known/jwks.json`)).arrayBuffer() } });
		const late = CognitoJwtVerifier.create({ userPoolId: other.poolId, clientId: other.clientId, tokenUse: 'access' }, { jwksCache: cache });
		await refusedBy('JwtExpiredError', late.verify(tokens.other));
		await late.verify(tokens.other, { graceSeconds: 7200 });
	},
	async a_changed_token_is_refused() {
		await refusedBy('JwtInvalidSignatureError', verifier().verify(tampered(tokens.access)));
	},
	async keys_that_were_loaded_before() {
		const loaded = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'access' });
		loaded.cacheJwks(await (await fetch(`${place.endpoint}${userPoolId}/.well-known/jwks.json`)).json());
		expect(loaded.verifySync(tokens.access).username, 'ann');
	},
	async several_pools() {
		const cache = new SimpleJwksCache({ fetcher });
		const pools = [{ userPoolId, clientId, tokenUse: 'access' }, { userPoolId: 'us-east-1_another', clientId: 'x', tokenUse: 'id' }];
		expect((await CognitoJwtVerifier.create(pools, { jwksCache: cache }).verify(tokens.access)).username, 'ann');
	},
	async the_keys_of_discovery() {
		const issuer = `${own.endpoint}${own.poolId}`;
		const document = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
		expect(document.issuer, issuer);
		const plainly = { fetch: async uri => (await fetch(uri)).arrayBuffer() };
		const properties = { issuer, audience: own.clientId, jwksUri: document.jwks_uri };
		const plain = JwtVerifier.create(properties, { jwksCache: new SimpleJwksCache({ fetcher: plainly }) });
		expect((await plain.verify(tokens.own))['cognito:username'], 'ann');
	},
	async openid_client_discovers_the_issuer() {
		const issuer = `${own.endpoint}${own.poolId}`;
		const found = await discovery(new URL(issuer), own.clientId, undefined, None(), { execute: [allowInsecureRequests] });
		const keys = createRemoteJWKSet(new URL(found.serverMetadata().jwks_uri));
		const { payload } = await jwtVerify(tokens.own, keys, { issuer, audience: own.clientId });
		expect(payload['cognito:username'], 'ann');
	},
	async its_own_fetcher_speaks_https_only() {
		const issuer = `${own.endpoint}${own.poolId}`;
		const unchanged = JwtVerifier.create({ issuer, audience: own.clientId, jwksUri: `${issuer}/.well-known/jwks.json` });
		const error = await unchanged.verify(tokens.own).then(() => new Error('it speaks http too'), found => found);
		expect(error.message, 'Protocol "http:" not supported. Expected "https:"');
	},
};

for (const [flow, action] of Object.entries(flows)) await run(flow, action);
