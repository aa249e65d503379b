import {homedir} from 'node:os';
import path from 'node:path';
import type {Problem} from '../../shared/errors.js';
import type {Question, Trouble} from './dialog.js';
import {textQuestion} from './questions.js';

/** What a new account trusts instead of the authorities of the system. */
export type Trust = {readonly tlsCa?: string; readonly tlsPin?: string};

/** Digits of a fingerprint that have to be typed before it is pinned: nobody does that without looking at them. */
const typedDigits = 8;

/** Codes that say the file of the authority is the wrong one: then it is asked for again. */
export const authorityCodes: ReadonlySet<string> = new Set(['tls-ca-unreadable', 'tls-ca-invalid']);

/** SHA-256 of a certificate that no authority vouched for, lowercase hex; absent where that is not the problem. */
export function refusedFingerprint({code, hint = ''}: Problem): string | undefined {
	return code === 'certificate-untrusted' ? /\b[\da-f]{64}\b/u.exec(hint)?.[0] : undefined;
}

export function authorityQuestion(initial: string, domain: string, problem?: Trouble): Question {
	return textQuestion(
		{
			label: 'File of the authority',
			explanation: [
				`A PEM file with the certificate of the authority that vouches for ${domain}. Its operator gives it to you.`,
				'It takes the place of the authorities of this system, for this account only. Empty: trust those of the system.',
			],
			initial,
		},
		problem,
	);
}

/** The absolute path of a file as a person names it, `~/` being their home. */
export function pathFrom(typed: string): string {
	return path.resolve(typed.replace(/^~(?=\/)/u, homedir()));
}

export function pinQuestion(fingerprint: string, domain: string, problem?: Trouble): Question {
	return textQuestion(
		{
			label: `The first ${typedDigits} digits of the SHA-256`,
			explanation: [
				'The server presents the certificate with this SHA-256:',
				fingerprint.replaceAll(/.{8}(?=.)/gu, '$& '),
				`Compare it with what the operator of ${domain} says, on another way than this connection. Whoever sits between you and the server could have made this certificate.`,
				`If they are the same, type the first ${typedDigits} digits. Then this certificate is accepted, and no other.`,
			],
		},
		problem,
	);
}

/** Whether enough of the fingerprint was typed, as tools print it: in any case, with colons or spaces. */
export function confirms(typed: string, fingerprint: string): boolean {
	const digits = typed.replaceAll(/[:\s]/gu, '').toLowerCase();
	return digits.length >= typedDigits && fingerprint.startsWith(digits);
}
