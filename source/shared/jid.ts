/** Branded so that nothing but this module makes one. Both are normalised: equal addresses are equal strings. */
export type BareJid = string & {readonly jid: 'bare'};
export type FullJid = string & {readonly jid: 'full'};
export type Jid = BareJid | FullJid;
