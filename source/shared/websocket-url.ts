const longest = 2000;

/**
 * A place where XMPP over WebSocket may be served: `wss:` and nothing else, without a password, and without a fragment,
 * which RFC 6455 §3 forbids. `undefined` for anything else.
 */
export function readWebSocketUrl(text: string): URL | undefined {
	const url = text.length <= longest && /^wss:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
	return url && url.hostname !== '' && url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}

/** The port that a `wss:` or `https:` URL leads to. */
export function portOf(url: URL): number {
	return url.port === '' ? 443 : Number(url.port);
}
