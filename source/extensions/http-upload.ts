/**
 * XEP-0363: HTTP File Upload, version 1.2.0. https://xmpp.org/extensions/xep-0363.html
 *
 * Where the server of the account lets files be put. Nothing is put there in here: a slot is two addresses and headers,
 * for one file of that size, for some minutes.
 */
import {messageOf, XmppcError} from '../shared/errors.js';
import {bareOf, domainOf, type Jid, parseJid} from '../shared/jid.js';
import {attribute, child, children, type Decoded, element, optionalAttribute, text} from '../xmpp/codec.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {address, integer, type Scalar} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';
import {type Information, serviceDiscovery} from './service-discovery.js';
import {tooLarge, uploadRefusal} from './upload-refusals.js';

export const httpUploadNamespace = 'urn:xmpp:http:upload:0';

const request = element(httpUploadNamespace, 'request', {
	filename: attribute('filename'),
	size: attribute('size', integer()),
	type: optionalAttribute('content-type'),
});

/** The only headers that a server may have sent with a file (§4); others are not looked at. */
const headerNames = ['Authorization', 'Cookie', 'Expires'] as const;
export type UploadHeaderName = (typeof headerNames)[number];

/** Characters of a header. */
const longestHeader = 8000;

const headerName: Scalar<UploadHeaderName> = {
	parse(text) {
		const wanted = text
			.replaceAll(/[\r\n]/gu, '')
			.trim()
			.toLowerCase();
		return headerNames.find(name => name.toLowerCase() === wanted);
	},
	format: value => value,
};

/** Line breaks are taken out (§4): with one in it, it would be two headers. Other control characters are in none. */
const headerValue: Scalar<string> = {
	parse(text) {
		const value = text.length > longestHeader ? '' : text.replaceAll(/[\r\n]/gu, '').trim();
		return value === '' || /[^\t\u0020-\u007e\u0080-\u00ff]/u.test(value) ? undefined : value;
	},
	format: value => value,
};

const header = element(httpUploadNamespace, 'header', {
	name: attribute('name', headerName),
	value: text(headerValue),
});

const slot = element(httpUploadNamespace, 'slot', {
	put: child(element(httpUploadNamespace, 'put', {url: attribute('url', address), headers: children(header)})),
	get: child(element(httpUploadNamespace, 'get', {url: attribute('url', address)})),
});

/** Where files can be put. */
export type UploadService = {
	readonly jid: Jid;
	/** Bytes of the largest file that it takes; absent: it does not say. */
	readonly maxSize?: number;
};

/** What is to be put somewhere: `size` in bytes and `type` exactly as they will be. The server sees the name. */
export type WantedSlot = {readonly name: string; readonly size: number; readonly type?: string};

export type UploadSlot = {
	/** `https:`, where the file is to be put. */
	readonly put: string;
	/** `https:` without fragment, where it lies then. */
	readonly get: string;
	/** What belongs to the request that puts it: each at most once, without line breaks. */
	readonly headers: ReadonlyArray<{readonly name: UploadHeaderName; readonly value: string}>;
};

export type HttpUpload = {
	/** The service of the account’s server; undefined: it has none. Asked once a session, and again where it was not told. */
	service(): Promise<UploadService | undefined>;
	/**
	 * A place for one file, to be used within minutes and never twice. Rejects with `no-upload-service`, `file-too-large`,
	 * `upload-quota` (the hint says when to try again), `upload-forbidden`, `upload-insecure` for addresses that are not
	 * `https:`, another stanza error, or `malformed-answer`.
	 */
	requestSlot(wanted: WantedSlot): Promise<UploadSlot>;
};

/** Services of a server that are asked what they are. */
const mostServices = 40;

export const httpUpload = defineExtension<HttpUpload, ExtensionPorts>({
	name: 'HTTP file upload',
	xep: '0363',
	version: '1.2.0',
	since: '0.5.0',
	status: 'partial',
	features: [],
	codecs: [request, slot],
	requires: [serviceDiscovery],
	attach: context => attachUpload(context),
});

function attachUpload(context: ExtensionContext<ExtensionPorts>): HttpUpload {
	const {log} = context;
	const account = bareOf(context.jid);
	const server = domainOf(account);
	let found: Promise<UploadService | undefined> | undefined;

	const ask = async (jid: Jid): Promise<UploadService | undefined> =>
		serviceIn(jid, await context.use(serviceDiscovery).query(jid));

	const look = async (): Promise<{readonly service: UploadService | undefined; readonly isCertain: boolean}> => {
		const {items} = context.use(serviceDiscovery);
		let isCertain = true;
		const failed = (error: unknown) => {
			isCertain = false;
			log.note('upload', `what may take files did not say what it is: ${messageOf(error)}`);
		};

		// A service that does not answer must not hold up another one that does.
		const own = ask(server);
		own.catch(() => {});
		const listed = await items(server).catch((error: unknown) => {
			failed(error);
			return [];
		});
		const jids = [...new Set(listed.map(({jid}) => parseJid(jid)))].filter(jid => jid !== undefined && jid !== server);
		const asked = [...jids.slice(0, mostServices).map(jid => ask(jid as Jid)), own].map(async answer => {
			const service = await answer.catch((error: unknown) => {
				failed(error);
				return undefined;
			});
			if (service === undefined) {
				throw notOne;
			}

			return service;
		});
		try {
			return {service: await Promise.any(asked), isCertain: true};
		} catch {
			// None of them is one.
			return {service: undefined, isCertain};
		}
	};

	const service = (): Promise<UploadService | undefined> => {
		found ??= look().then(({service, isCertain}) => {
			if (!isCertain) {
				// Who asks later may be answered.
				found = undefined;
			}

			return service;
		});
		return found;
	};

	return {
		service,
		async requestSlot(wanted) {
			const at = await service();
			if (at === undefined) {
				throw noService(server);
			}

			if (at.maxSize !== undefined && wanted.size > at.maxSize) {
				throw tooLarge(wanted.size, at.jid, at.maxSize);
			}

			const {name, size, type} = wanted;
			const question = request.encode({filename: name, size, ...(type === undefined ? {} : {type})});
			const answer = await context.request(at.jid, 'get', question).catch((error: unknown) => {
				throw uploadRefusal(error, at.jid, size);
			});
			const given = answer === undefined ? undefined : slot.decode(answer);
			if (given === undefined) {
				throw new XmppcError({
					code: 'malformed-answer',
					kind: 'protocol',
					message: `${at.jid} answered something else than where the file can be put.`,
					hint: 'Only its operator can change that.',
				});
			}

			return usable(given, at.jid);
		},
	};
}

const notOne = new Error('no upload service');

function serviceIn(jid: Jid, {features, forms}: Information): UploadService | undefined {
	if (!features.some(({name}) => name === httpUploadNamespace)) {
		return undefined;
	}

	const fields = forms.find(({fields}) =>
		fields.some(({name, values}) => name === 'FORM_TYPE' && values[0] === httpUploadNamespace),
	)?.fields;
	const told = fields?.find(({name}) => name === 'max-file-size')?.values[0]?.trim();
	const maxSize = told === undefined ? undefined : integer(1).parse(told);
	return {jid, ...(maxSize === undefined ? {} : {maxSize})};
}

/** The slot with addresses that are fit to be asked, or what is wrong with them. */
function usable({put, get}: Decoded<typeof slot>, jid: Jid): UploadSlot {
	const [to, from] = [secure(put.url), secure(get.url)];
	if (to === undefined || from === undefined) {
		throw new XmppcError({
			code: 'upload-insecure',
			kind: 'protocol',
			message: `${jid} gave an address for the file that is not a plain https one, so nothing was uploaded.`,
			hint: 'Only its operator can change that.',
		});
	}

	return {
		put: to,
		get: from,
		headers: headerNames.flatMap(name => {
			const value = put.headers.find(each => each.name === name)?.value;
			return value === undefined ? [] : [{name, value}];
		}),
	};
}

/** With a user in it an address would send a password that nobody asked for; a fragment is where keys stand. */
function secure(text: string): string | undefined {
	if (!URL.canParse(text)) {
		return undefined;
	}

	const url = new URL(text);
	const isPlain = url.protocol === 'https:' && url.username === '' && url.password === '' && !text.includes('#');
	return isPlain ? url.href : undefined;
}

function noService(server: Jid): XmppcError {
	return new XmppcError({
		code: 'no-upload-service',
		kind: 'unavailable',
		message: `${server} has no place for files.`,
		hint: 'Only its operator can change that (XEP-0363); put the file elsewhere and send the link.',
	});
}
