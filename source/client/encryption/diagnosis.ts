/** "Why can't they read me" and "why can't I read this", answered device by device, by asking the servers now. */
import type {Device, OmemoVersion} from '../../model/device.js';
import type {EncryptionFinding} from '../../model/device-actions.js';
import {taken} from '../../omemo/keys.js';
import {profiles} from '../../omemo/ratchet/profile.js';
import {messageOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {AccountEncryption} from './account-encryption.js';

/** Messages to a device that nobody answered, after which it seems to be gone. */
const staleAfter = 1000;

/** What is found, our own side first. Asks for lists and bundles anew; never rejects. */
export async function diagnose(
	other: BareJid,
	account: BareJid,
	encryption: AccountEncryption,
): Promise<readonly EncryptionFinding[]> {
	const own = await diagnoseOwn(account, encryption);
	return other === account ? own : [...own, ...(await diagnosePerson(other, encryption))];
}

async function diagnoseOwn(account: BareJid, encryption: AccountEncryption): Promise<readonly EncryptionFinding[]> {
	const {own, publishing, book} = encryption;
	const id = own.id();
	if (id === undefined) {
		return [
			{
				level: 'warning',
				text: `${account} has no encryption keys here, so nobody can encrypt for this device.`,
				hint: '/omemo on in a conversation makes them; so does omemo.default on, at the next login.',
			},
		];
	}

	const locked = await own.open();
	if (locked !== undefined) {
		return [{level: 'error', text: locked.message, ...(locked.hint === undefined ? {} : {hint: locked.hint})}];
	}

	await publishing.publish();
	const refused = publishing.problem();
	const findings: EncryptionFinding[] =
		refused === undefined
			? [{level: 'ok', text: `This device (${id}) is on your list, and its keys are on the server.`}]
			: [
					{
						level: 'error',
						text: `The server of ${account} does not take the keys of this device: ${refused.message}`,
						hint: 'Without them nobody can encrypt for you. Ask whoever runs the server for PEP with open access (XEP-0163, XEP-0060 publish-options).',
					},
				];
	const undecided = book
		.of(account)
		.filter(({active, isThis, trust}) => active && isThis !== true && trust === 'undecided');
	return [
		...findings,
		...undecided.map(
			(device): EncryptionFinding => ({
				level: 'error',
				text: `You have not decided about your own device ${nameOf(device)}: until then nothing is sent.`,
				hint: '/devices shows it: trust, verify or distrust it.',
				device: {owner: account, id: device.id},
			}),
		),
	];
}

async function diagnosePerson(owner: BareJid, encryption: AccountEncryption): Promise<readonly EncryptionFinding[]> {
	const {lists, book, reaching} = encryption;
	reaching.forget();
	const problem = await lists.learn(owner, true);
	if (problem !== undefined) {
		return [{level: 'error', text: problem.message, ...(problem.hint === undefined ? {} : {hint: problem.hint})}];
	}

	const devices = book.of(owner).filter(({active}) => active);
	if (devices.length === 0) {
		return [
			{
				level: 'warning',
				text: `${owner} has no device that can read encrypted messages.`,
				hint: 'They have to turn OMEMO on in their app; until then /omemo off sends in clear.',
			},
		];
	}

	const findings: EncryptionFinding[] = [];
	for (const device of devices) {
		findings.push(await diagnoseDevice(device, encryption));
	}

	return findings;
}

async function diagnoseDevice(device: Device, encryption: AccountEncryption): Promise<EncryptionFinding> {
	const {owner, id, versions} = device;
	const about = {device: {owner, id}};
	const name = nameOf(device);
	if (device.trust === 'distrusted') {
		return {
			level: 'warning',
			text: `You distrust ${name}: it gets nothing.`,
			hint: 'If it is theirs after all, /devices changes that.',
			...about,
		};
	}

	if (device.trust === 'undecided' && device.fingerprint !== undefined) {
		return {
			level: 'error',
			text: `You have not decided about ${name}: until then nothing is sent.`,
			hint: `/devices ${owner} shows it: trust, verify or distrust it.`,
			...about,
		};
	}

	const faults = await Promise.all(versions.map(version => bundleFault(device, version, encryption)));
	const fault = faults.every(found => found !== undefined) ? faults[0] : undefined;
	if (fault !== undefined) {
		return {
			level: 'error',
			text: `Nothing can be encrypted for ${name}: ${fault}.`,
			hint: 'They can publish its keys again in their app; a device that is gone they should take off their list.',
			...about,
		};
	}

	const unanswered = encryption.unanswered(owner, id);
	if (unanswered > staleAfter) {
		return {
			level: 'warning',
			text: `${name} has not answered ${unanswered} messages: it may not be in use any more.`,
			hint: 'Ask them; /devices can distrust it.',
			...about,
		};
	}

	return {
		level: 'ok',
		text: `${name} can read you${device.lastSeen === undefined ? '; nothing has come from it yet' : ''}.`,
		...(encryption.hasSession(owner, id)
			? {hint: `If it cannot, /omemo reset ${owner} begins a new session with it.`}
			: {}),
		...about,
	};
}

/** What is wrong with what a device has on its server in one version. */
async function bundleFault(
	{owner, id, fingerprint}: Device,
	version: OmemoVersion,
	{fetchBundle}: AccountEncryption,
): Promise<string | undefined> {
	try {
		const bundle = await fetchBundle(owner, id, version);
		if (bundle === undefined) {
			return 'its keys are not on the server, or cannot be read';
		}

		const {identity, signedPreKey} = taken(bundle);
		const profile = profiles[version];
		const key = profile.identity.decode(identity);
		if (key === undefined || !profile.verify(identity, signedPreKey.key, signedPreKey.signature)) {
			return 'its keys are not signed by it';
		}

		return fingerprint !== undefined && Buffer.from(key).toString('hex') !== fingerprint
			? 'it has another identity key than before: somebody may pretend to be it'
			: undefined;
	} catch (error) {
		return messageOf(error);
	}
}

function nameOf({label, id, owner}: Device): string {
	return `${label === undefined ? `device ${id}` : `“${label}” (${id})`} of ${owner}`;
}
