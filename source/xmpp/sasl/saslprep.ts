/** RFC 3454 table C.1.2: spaces that become U+0020. */
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;

/** RFC 3454 table B.1: characters that become nothing. U+200B is in both tables; RFC 4013 maps spaces first. */
const ignorable = /\u034f|[\u00ad\u1806\u2060\ufeff]|[\u180b-\u180d]|\u200c|\u200d|[\ufe00-\ufe0f]/gu;

/**
 * Prepares a user name or password the way servers did when they stored it (RFC 4013, which RFC 5802 §2.2 asks for).
 *
 * Deliberately without the prohibited and bidirectional checks: a password that they would refuse cannot be the one
 * the server knows, and then the server says so. Newer profiles (RFC 8265) compose differently, but deployed servers
 * derive their SCRAM keys from this form.
 */
export function saslprep(text: string): string {
	return text.replace(spaces, ' ').replace(ignorable, '').normalize('NFKC');
}
