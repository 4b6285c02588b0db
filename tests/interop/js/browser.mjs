// As much of a browser as Amplify asks for. Imported before it, since it looks when it is loaded.
import { passkeys } from './authenticator.mjs';

class MemoryStorage {
	#items = new Map();
	get length() { return this.#items.size; }
	key(index) { return [...this.#items.keys()][index] ?? null; }
	setItem(key, value) { this.#items.set(key, String(value)); }
	getItem(key) { return this.#items.get(key) ?? null; }
	removeItem(key) { this.#items.delete(key); }
	clear() { this.#items.clear(); }
	[Symbol.iterator]() { return [...this.#items.keys()].values(); }
}

export const localStorage = new MemoryStorage();
export const sessionStorage = new MemoryStorage();
const navigator = { userAgent: 'Mozilla/5.0', platform: 'Linux', appName: 'Netscape', credentials: passkeys.credentials };
const document = {
	visibilityState: 'visible',
	addEventListener() {},
	removeEventListener() {},
	querySelector: () => null,
	querySelectorAll: () => [],
	getElementById: () => null,
};
const window = {
	document,
	isSecureContext: true,
	localStorage,
	sessionStorage,
	navigator,
	location: new URL('http://localhost/'),
	addEventListener() {},
	removeEventListener() {},
	...passkeys.classes,
};
for (const [name, value] of Object.entries({ window, document, navigator, localStorage, sessionStorage, ...passkeys.classes }))
	Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
