/** What goes wrong with files on their way, for a person. Only hosts are named: paths, headers and fragments of addresses are secret. */
import {isXmppcError, type Problem, XmppcError} from '../shared/errors.js';
import {printable} from '../shared/text.js';

const again = 'Check the network connection and try again.';

/** Another attempt may succeed as it is; an upload needs a new slot for it. */
const passing: ReadonlySet<string> = new Set([
	'transfer-interrupted',
	'transfer-too-slow',
	'no-such-host',
	'dns-unavailable',
	'connection-refused',
	'unreachable',
	'upload-expired',
	'file-server-busy',
]);

/** Whether the same transfer is worth another attempt: of a download with what is there, of an upload with a new slot. */
export function mayTryAgain(problem: Pick<Problem, 'code'>): boolean {
	return passing.has(problem.code);
}

/** The person, or whoever acts for them, gave it up. */
export function cancelled(direction: 'up' | 'down', name: string): Problem {
	return {
		code: 'cancelled',
		kind: 'unavailable',
		message: `The ${direction === 'up' ? 'upload' : 'download'} of ${shown(name)} was cancelled.`,
	};
}

export function tooSlow(host: string): Problem {
	return {
		code: 'transfer-too-slow',
		kind: 'temporary',
		message: `${host} moves the file too slowly; the transfer was given up.`,
		hint: again,
	};
}

export function interrupted(host: string, reason?: string): Problem {
	return {
		code: 'transfer-interrupted',
		kind: 'temporary',
		message: `The connection to ${host} was lost before the file was there${reason === undefined ? '' : ` (${reason})`}.`,
		hint: again,
	};
}

/** What a failed connection means. Errors of our own family pass as they are. */
export function networkProblem(error: unknown, host: string): XmppcError {
	if (isXmppcError(error)) {
		return error;
	}

	return new XmppcError(problemByCode(errorCode(error) ?? '', host), {cause: error});
}

/** The system's or Node's name of an error. */
export function errorCode(error: unknown): string | undefined {
	if (error instanceof AggregateError) {
		return errorCode(error.errors[0]);
	}

	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function problemByCode(code: string, host: string): Problem {
	switch (code) {
		case 'ENOTFOUND':
		case 'ENODATA':
		case 'EINVAL':
			return {
				code: 'no-such-host',
				kind: 'noSuchHost',
				message: `There is no computer called ${host}, where the file should lie.`,
				hint: again,
			};
		case 'EAI_AGAIN':
			return {
				code: 'dns-unavailable',
				kind: 'temporary',
				message: `The address of ${host} cannot be looked up at the moment.`,
				hint: again,
			};
		case 'ECONNREFUSED':
			return {
				code: 'connection-refused',
				kind: 'unavailable',
				message: `Nothing answers at ${host}.`,
				hint: 'The server of the file may be down; try again later.',
			};
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
		case 'EADDRNOTAVAIL':
			return {
				code: 'unreachable',
				kind: 'unavailable',
				message: `The network does not lead to ${host}.`,
				hint: again,
			};
		default:
			return isAboutCertificate(code)
				? untrusted(host, code)
				: code.startsWith('HPE_') || code.startsWith('ERR_HTTP')
					? badAnswer(host)
					: interrupted(host, code === '' ? undefined : code);
	}
}

function isAboutCertificate(code: string): boolean {
	return /CERT|^ERR_TLS|^ERR_SSL|^EPROTO$|SELF_SIGNED|^UNABLE_TO|^CRL_/.test(code);
}

function untrusted(host: string, reason: string): Problem {
	return {
		code: 'tls-failed',
		kind: 'protocol',
		message: `${host} did not prove who it is, or does not speak TLS (${reason.toLowerCase().replaceAll('_', ' ')}); no file was moved.`,
		hint: 'If the certificate is of a private authority, set "tlsCa" of the account; otherwise tell who runs the server.',
	};
}

/** What came is no answer of HTTP, or one that we do not take. */
export function badAnswer(host: string): Problem {
	return {
		code: 'bad-file-answer',
		kind: 'protocol',
		message: `${host} answered with something that is no file.`,
		hint: 'Tell who runs the server.',
	};
}

/** Not `https:`, or with a user's name in it. */
export function badAddress(): Problem {
	return {
		code: 'bad-file-address',
		kind: 'badData',
		message: 'The address of the file is none that files are fetched from or sent to: it has to begin with https://.',
		hint: 'Ask for the file to be sent again.',
	};
}

/** What a server answered to GET in place of the file. */
export function fetchRefused(host: string, status: number): Problem {
	if (status === 404 || status === 410) {
		return {
			code: 'file-gone',
			kind: 'unavailable',
			message: `The file is not at ${host} any more (HTTP ${status}); servers delete files after a while.`,
			hint: 'Ask for it to be sent again.',
		};
	}

	if (status === 401 || status === 403) {
		return {
			code: 'file-forbidden',
			kind: 'notPermitted',
			message: `${host} does not hand out the file (HTTP ${status}).`,
			hint: 'Ask for it to be sent again.',
		};
	}

	return isBusy(status) ? busy(host, status) : refused(host, status, 'fetch');
}

/** What a server answered to PUT in place of taking the file. */
export function putRefused(host: string, status: number, name: string): Problem {
	switch (status) {
		case 413:
			return {
				code: 'file-too-large',
				kind: 'notPermitted',
				message: `${shown(name)} is too large for ${host} (HTTP 413).`,
				hint: 'Make it smaller, or send it in parts.',
			};
		case 507:
			return {
				code: 'upload-quota',
				kind: 'unavailable',
				message: `${host} has no room left for ${shown(name)} (HTTP 507).`,
				hint: 'Try again another day, or ask who runs the server for more room.',
			};
		case 401:
		case 403:
		case 404:
		case 409:
		case 410:
			return {
				code: 'upload-expired',
				kind: 'temporary',
				message: `${host} does not take ${shown(name)} at the place it gave us (HTTP ${status}); it may have waited too long.`,
				hint: 'Try again: another place is asked for.',
			};
		default:
			return isBusy(status) ? busy(host, status) : refused(host, status, 'take');
	}
}

function isBusy(status: number): boolean {
	return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

function busy(host: string, status: number): Problem {
	return {
		code: 'file-server-busy',
		kind: 'temporary',
		message: `${host} cannot do it at the moment (HTTP ${status}).`,
		hint: 'Try again later.',
	};
}

function refused(host: string, status: number, verb: 'fetch' | 'take'): Problem {
	return {
		code: 'file-refused',
		kind: 'unavailable',
		message: `${host} ${verb === 'fetch' ? 'did not hand out' : 'did not take'} the file (HTTP ${status}).`,
		hint: 'Tell who runs the server if it happens again.',
	};
}

/** A redirect that leads nowhere, in circles, or where files are not fetched from. */
export function redirectRefused(host: string): Problem {
	return {
		code: 'redirect-refused',
		kind: 'protocol',
		message: `${host} sends on to somewhere else in a way that is not followed: too often, or away from https.`,
		hint: 'Ask for the file to be sent again, from another server.',
	};
}

export function compressed(host: string): Problem {
	return {
		code: 'file-compressed',
		kind: 'protocol',
		message: `${host} hands the file out compressed although it was asked not to; that could be of any size and is refused.`,
		hint: 'Tell who runs the server.',
	};
}

/** `most` in bytes. */
export function tooLarge(name: string, most: number): Problem {
	return {
		code: 'file-too-large',
		kind: 'notPermitted',
		message: `${shown(name)} is larger than ${megabytes(most)}, and was not fetched.`,
		hint: 'Fetch it yourself, or allow larger files.',
	};
}

/** It is not the file that was announced; nothing of it was kept. */
export function damaged(name: string, why: 'hash' | 'size' | 'tag'): Problem {
	const reasons = {
		hash: 'its content is not what was announced (SHA-256 differs)',
		size: 'it has not the size that was announced',
		tag: 'it cannot be decrypted: it was changed, cut off, or has another key',
	};
	return {
		code: 'file-damaged',
		kind: 'badData',
		message: `${shown(name)} is not the file that was sent: ${reasons[why]}. Nothing of it was kept.`,
		hint: 'Ask for it to be sent again.',
	};
}

/** A name or a path in a sentence. */
export function shown(text: string): string {
	return printable(text, 'identifier');
}

function megabytes(bytes: number): string {
	return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.round(bytes / 1e5) / 10} MB`;
}
