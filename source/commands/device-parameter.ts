import {type Device, type Fingerprint, fingerprintGroups, parseFingerprint} from '../model/device.js';
import {deviceText, stateText} from '../model/device-words.js';
import {type KeyUri, parseKeyUri} from '../model/key-uri.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import {contact} from './addresses.js';
import {bad, type Candidate, good, type Parameter, type Read} from './command.js';
import type {CommandContext} from './context.js';
import {missing} from './parameters.js';
import {splitWords} from './words.js';

/** A device whose key is known. */
export type KnownDevice = Device & {readonly fingerprint: Fingerprint};

/**
 * A device by its id, its fingerprint as others write it, or how that or its label begins; of somebody else with their name
 * behind it. The rest of the line, because fingerprints are written in groups.
 */
export function knownDevice(): Parameter<KnownDevice> {
	return {
		takes: 'rest',
		optional: false,
		what: 'a device: its id, its label or its fingerprint',
		read: (given, context) => withKey(readDevice(given, context)),
		absent: missing,
		candidates: (context, typed) => candidatesFor(context.source.devices(), typed),
	};
}

/** The same, or an `xmpp:` address with keys, as other programs show it for a camera. */
export function deviceOrKeys(): Parameter<KnownDevice | KeyUri> {
	const inner = knownDevice();
	return {
		...inner,
		what: 'a device: its id, label or fingerprint; or an xmpp: address with keys',
		read(given, context) {
			if (!/^"?xmpp:/iu.test(given.trim())) {
				return inner.read(given, context);
			}

			const uri = parseKeyUri(given.trim().replace(/^"(.*)"$/su, '$1'));
			return uri === undefined
				? bad(
						'no-keys-in-address',
						'There is no key in this address, or it was cut off.',
						'It looks like xmpp:romeo@example.org?omemo-sid-1234=… with 64 digits at the end.',
					)
				: good(uri);
		},
	};
}

/** A device of one's own that is not this one. */
export function ownOtherDevice(): Parameter<Device> {
	const others = ({account, source}: CommandContext) =>
		account === undefined ? [] : source.devices(account).filter(each => each.isThis !== true && each.active);
	return {
		takes: 'rest',
		optional: false,
		what: 'a device of your own: its id, label or fingerprint',
		read: (given, context) => readAmong(given.trim(), others(context), 'None of your other devices is'),
		absent: missing,
		candidates: (context, typed) => candidatesFor(others(context), typed),
	};
}

function withKey(read: Read<Device>): Read<KnownDevice> {
	if (!read.ok) {
		return read;
	}

	const {value} = read;
	const {fingerprint} = value;
	if (value.isThis === true) {
		return bad('own-device', 'This is the device you use: it needs no trust.', '/omemo fingerprint shows its key.');
	}

	return fingerprint === undefined
		? bad(
				'no-keys',
				`The keys of ${deviceText(value)} were never seen.`,
				`/omemo doctor ${value.owner} says why, as far as that can be found out.`,
			)
		: good({...value, fingerprint});
}

function readDevice(given: string, context: CommandContext): Read<Device> {
	const text = unquoted(given.trim());
	const here = readAmong(text, context.source.devices(), 'No device here is');
	if (here.ok || here.complaint.code !== 'no-such-device') {
		return here;
	}

	// With whose device it is behind it.
	const words = splitWords(text);
	const last = words.at(-1);
	const whose = last === undefined || words.length < 2 ? undefined : contact().read(last.value, context);
	if (last === undefined || whose === undefined || !whose.ok) {
		return here;
	}

	const {jid} = whose.value;
	return readAmong(unquoted(text.slice(0, last.from).trim()), context.source.devices(jid), `No device of ${jid} is`);
}

function unquoted(text: string): string {
	return text.replace(/^(["'])(.*)\1$/su, '$2');
}

/** Exactly by id, key or label before by how these begin. */
function readAmong(text: string, devices: readonly Device[], nobody: string): Read<Device> {
	const fingerprint = parseFingerprint(text);
	if (fingerprint !== undefined) {
		const owner = devices.find(each => each.fingerprint === fingerprint);
		return owner === undefined
			? bad(
					'no-such-device',
					'Nobody here was ever seen with that key.',
					'Compare it once more: a key that differs in one digit is another one. /devices lists those that are known.',
				)
			: good(owner);
	}

	const lower = text.toLowerCase();
	const digits = lower.replaceAll(/[\s:]/gu, '');
	const exact = devices.filter(
		({id, label}) => String(id) === lower.replace(/^device /u, '') || label?.toLowerCase() === lower,
	);
	const beginning = devices.filter(
		({label, fingerprint: key}) =>
			label?.toLowerCase().startsWith(lower) || (digits.length >= leastDigits && key?.startsWith(digits)),
	);
	const [found, ...others] = exact.length > 0 ? exact : beginning;
	if (found === undefined) {
		return bad(
			'no-such-device',
			`${nobody} known by “${text}”.`,
			devices.length === 0 ? '/devices asks for them.' : '/devices lists them; Tab completes their ids.',
		);
	}

	return others.length === 0
		? good(found)
		: bad(
				'ambiguous-device',
				`“${text}” may mean several devices.`,
				`Give the fingerprint: ${[found, ...others].map(briefly).join(', ')}`,
			);
}

/** Fewer digits of a fingerprint may be anybody's. */
const leastDigits = 4;

function briefly(device: Device): string {
	const [group] = device.fingerprint === undefined ? [] : fingerprintGroups(device.fingerprint);
	return `${deviceText(device)} of ${device.owner}${group === undefined ? '' : ` ${group}…`}`;
}

/** Ids; for whoever types the beginning of a fingerprint, those. */
function candidatesFor(devices: readonly Device[], typed: string): readonly Candidate[] {
	const others = devices.filter(each => each.isThis !== true);
	const lower = typed.toLowerCase();
	const byKey =
		lower === ''
			? []
			: others.flatMap(each => (each.fingerprint?.startsWith(lower) ? [{each, key: each.fingerprint}] : []));
	return [
		...others.map(
			(each): Candidate => ({
				insert: String(each.id),
				label: String(each.id),
				note: [
					...(each.label === undefined ? [] : [each.label]),
					each.owner,
					stateText(each),
					...(each.fingerprint === undefined ? [] : [fingerprintGroups(each.fingerprint).slice(0, 2).join(' ')]),
				].join(' · '),
				...(each.label === undefined ? {} : {alias: each.label}),
			}),
		),
		...byKey.map(({each, key}): Candidate => ({insert: key, label: key, note: `${stateText(each)} · ${each.owner}`})),
	];
}

/** Whose devices are meant: those of a contact, or of everybody in a room. */
export type Whose = {readonly account: BareJid; readonly owner?: BareJid; readonly room?: BareJid};

/** Somebody, or whom the buffer is about; in the console nobody but the person. */
export function whose(): Parameter<Whose> {
	const inner = contact('buffer');
	return {
		...inner,
		optional: true,
		what: 'a contact: JID or name',
		read(given, context) {
			const read = inner.read(given, context);
			return read.ok ? good({account: read.value.account, owner: read.value.jid}) : read;
		},
		absent({account, jid, kind}) {
			if (account === undefined) {
				return bad('no-account', 'No account is set up.', '/account add sets one up.');
			}

			if (kind === 'private') {
				return bad(
					'private-talk',
					'This is a talk through a room, whose people have devices under their own addresses.',
					'Name one: /devices romeo@example.org',
				);
			}

			return good({
				account,
				...(kind === 'chat' && jid !== undefined ? {owner: bareOf(jid)} : {}),
				...(kind === 'room' && jid !== undefined ? {room: bareOf(jid)} : {}),
			});
		},
	};
}
