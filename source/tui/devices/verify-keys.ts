import type {Actions} from '../../model/actions.js';
import type {Device} from '../../model/device.js';
import {deviceText} from '../../model/device-words.js';
import type {KeyUri} from '../../model/key-uri.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {Answer} from '../app/answer.js';

/**
 * Verifies the keys that came over another channel, as far as they are the ones that are known, and says what is not so: a
 * device with another key than its owner says may be somebody in between. Throws what stopped it.
 */
export async function verifyKeys(
	actions: Pick<Actions, 'listDevices' | 'setTrust'>,
	account: BareJid,
	{jid, keys}: KeyUri,
): Promise<Answer> {
	const devices = await actions.listDevices({account, refresh: true, ...(jid === account ? {} : {owner: jid})});
	const whose = jid === account ? 'your own' : `of ${printable(jid, 'identifier')}`;
	const meant = keys.map(key => ({...key, found: devices.find(each => each.fingerprint === key.fingerprint)}));
	const others = meant.filter(({found}) => found?.isThis !== true);
	const verified = others.flatMap(({found}) => (found === undefined ? [] : [found]));
	for (const {fingerprint} of others.filter(({found}) => found !== undefined)) {
		await actions.setTrust({account, owner: jid, fingerprint, trust: 'verified'});
	}

	const missing = others.filter(({found}) => found === undefined);
	const wrong = missing.flatMap(({id}) => devices.find(each => each.id === id && each.fingerprint !== undefined) ?? []);
	return wrong.length > 0 ? alarm(wrong, whose) : outcome(verified, missing.length, devices, whose);
}

function alarm(wrong: readonly Device[], whose: string): Answer {
	const which = wrong.map(deviceText).join(', ');
	return {
		level: 'error',
		text: `Not verified: ${which} ${whose} has another key here than you were given.`,
		hint: 'Either it was set up anew, or somebody is in between. Ask its owner for the fingerprint, not in this conversation.',
	};
}

function outcome(verified: readonly Device[], missing: number, devices: readonly Device[], whose: string): Answer {
	const unknown = missing === 1 ? '1 key is' : `${missing} keys are`;
	if (verified.length === 0) {
		return missing === 0
			? {level: 'info', text: 'That is the key of this device: there is nothing to verify.'}
			: {
					level: 'error',
					text: `Nothing was verified: ${unknown} of no device ${whose} that is known.`,
					hint: 'Check whose address it is; /devices asks the server again with r.',
				};
	}

	const left = devices.filter(
		each => each.active && each.isThis !== true && each.trust !== 'verified' && !verified.includes(each),
	).length;
	const text = `Verified: ${verified.map(deviceText).join(', ')} ${whose}.`;
	return {
		level: 'info',
		text: missing === 0 ? text : `${text} ${unknown} of no device that is known.`,
		...(left === 0
			? {}
			: {hint: `${left === 1 ? '1 device' : `${left} devices`} ${whose} still unverified: /devices.`}),
	};
}
