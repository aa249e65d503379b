/** Hash functions of SCRAM as node:crypto names them. */
export type ScramHash = 'sha1' | 'sha256' | 'sha512';
