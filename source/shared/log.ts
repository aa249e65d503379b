/** Diagnostics as a port. Off by default; never carries a secret or message text (`architecture.md`, invariant 13). */
export type Log = {
	/** `area` names the folder or extension, `text` is one line that already passed `printable` where it quotes the network. */
	note(area: string, text: string): void;
	/** Raw XML as it crossed the wire, already redacted. `direction`: `>` written by us, `<` read. */
	xml(direction: '<' | '>', text: string): void;
};

/** Keeps nothing: diagnostics are off. Recognised by identity where preparing an entry costs something. */
export const silentLog: Log = {
	note() {},
	xml() {},
};
