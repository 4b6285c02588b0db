// A software authenticator behind `navigator.credentials`: makes ES256 passkeys and signs with them.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const ORIGIN = 'http://localhost';
const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40];
const sha256 = data => createHash('sha256').update(data).digest();
const buffer = bytes => new Uint8Array(bytes).buffer;

class PublicKeyCredential {
	constructor(members) { Object.assign(this, { type: 'public-key', authenticatorAttachment: 'platform' }, members); }
	getClientExtensionResults() { return {}; }
}

class AuthenticatorAttestationResponse {
	constructor(members) { Object.assign(this, members); }
	getTransports() { return ['internal', 'hybrid']; }
	getPublicKeyAlgorithm() { return -7; }
	getAuthenticatorData() { return this.authenticatorData; }
	getPublicKey() { return this.publicKey; }
}

class AuthenticatorAssertionResponse {
	constructor(members) { Object.assign(this, members); }
}

const bytesItem = bytes => Buffer.concat([Buffer.from(bytes.length < 256 ? [0x58, bytes.length] : [0x59, bytes.length >> 8, bytes.length & 255]), bytes]);
const textItem = text => Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);

function cose(publicKey) {
	const { x, y } = publicKey.export({ format: 'jwk' });
	// {1: 2, 3: -7, -1: 1, -2: x, -3: y}: an EC2 key on P-256 for ES256 (RFC 9053 2.1 and 7.1.1).
	return Buffer.concat([
		Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]), bytesItem(Buffer.from(x, 'base64url')),
		Buffer.from([0x22]), bytesItem(Buffer.from(y, 'base64url')),
	]);
}

const clientData = (type, challenge) =>
	Buffer.from(JSON.stringify({ type, challenge: Buffer.from(challenge).toString('base64url'), origin: ORIGIN, crossOrigin: false }));
const authenticatorData = (rpId, flags, count) => {
	const counted = Buffer.alloc(4);
	counted.writeUInt32BE(count);
	return Buffer.concat([sha256(rpId), Buffer.from([PRESENT | VERIFIED | flags]), counted]);
};

const held = [];

const credentials = {
	async create({ publicKey: options }) {
		const id = randomBytes(32);
		const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		held.push({ id, privateKey, rpId: options.rp.id, user: options.user.id, count: 0 });
		const length = Buffer.from([0, id.length]);
		const data = Buffer.concat([authenticatorData(options.rp.id, ATTESTED, 0), Buffer.alloc(16), length, id, cose(publicKey)]);
		const attestationObject = Buffer.concat([
			Buffer.from([0xa3]), textItem('fmt'), textItem('none'), textItem('attStmt'), Buffer.from([0xa0]),
			textItem('authData'), bytesItem(data),
		]);
		return new PublicKeyCredential({
			id: id.toString('base64url'),
			rawId: buffer(id),
			response: new AuthenticatorAttestationResponse({
				clientDataJSON: buffer(clientData('webauthn.create', options.challenge)),
				attestationObject: buffer(attestationObject),
				authenticatorData: buffer(data),
				publicKey: buffer(publicKey.export({ type: 'spki', format: 'der' })),
			}),
		});
	},
	async get({ publicKey: options }) {
		const allowed = options.allowCredentials.map(one => Buffer.from(one.id).toString('hex'));
		const used = held.find(one => allowed.includes(one.id.toString('hex')));
		if (!used) throw new DOMException('no passkey is here', 'NotAllowedError');
		const data = authenticatorData(used.rpId, 0, ++used.count);
		const collected = clientData('webauthn.get', options.challenge);
		return new PublicKeyCredential({
			id: used.id.toString('base64url'),
			rawId: buffer(used.id),
			response: new AuthenticatorAssertionResponse({
				clientDataJSON: buffer(collected),
				authenticatorData: buffer(data),
				signature: buffer(sign('sha256', Buffer.concat([data, sha256(collected)]), used.privateKey)),
				userHandle: used.user,
			}),
		});
	},
};

export const passkeys = { credentials, classes: { PublicKeyCredential, AuthenticatorAttestationResponse, AuthenticatorAssertionResponse } };
