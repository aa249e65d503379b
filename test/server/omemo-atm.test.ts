import type {Device} from '../../source/model/device.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer} from '../support/servers.js';
import {incoming, isPublished, knows, online, outgoing} from './encrypting.js';
import type {Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const friends = {
	juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
	romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
};
const onEveryServer = everyServer({accounts: {juliet: 'pencil', romeo: 'pencil'}, rosters: friends});
const isOn = {'omemo.trust-messages': true} as const;

async function own({actions, jid}: Person): Promise<Device> {
	const [device] = await actions.listDevices({account: jid});
	if (device?.isThis !== true) {
		throw new Error('there is no device yet');
	}

	return device;
}

/** One person compares a key of another one that they have seen by then. */
async function verifies(person: Person, {owner, id, fingerprint}: Device): Promise<void> {
	await knows(person, owner, devices => devices.some(device => device.id === id && device.fingerprint === fingerprint));
	if (fingerprint !== undefined) {
		await person.actions.setTrust({account: person.jid, owner, fingerprint, trust: 'verified'});
	}
}

const isVerified =
	({id}: Device) =>
	(devices: readonly Device[]): boolean =>
		devices.some(device => device.id === id && device.trust === 'verified');

const shown = ({saw}: Person): number => saw.all('message.recorded').length;

onEveryServer(
	'two devices that have verified each other share what one of them verifies, with a contact too, and nobody sees a message',
	async (t, serve) => {
		const server = await serve();
		const laptop = await online(t, server, juliet, isOn);
		await isPublished(laptop);
		const phone = await online(t, server, juliet, isOn);
		await isPublished(phone);
		const his = await online(t, server, romeo, isOn);
		await isPublished(his);
		const [laptopDevice, phoneDevice, hisDevice] = [await own(laptop), await own(phone), await own(his)];

		// Keys are seen in what is written.
		await knows(phone, romeo, devices => devices.length === 1);
		await phone.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
		await his.saw.until('message.recorded', incoming('Wherefore art thou?'));
		await laptop.saw.until('message.recorded', outgoing('Wherefore art thou?'));
		await his.actions.sendMessage({account: romeo, to: juliet, body: 'Here'});
		await laptop.saw.until('message.recorded', incoming('Here'));
		await phone.saw.until('message.recorded', incoming('Here'));
		const before = [laptop, phone, his].map(shown);

		await verifies(phone, laptopDevice);
		await verifies(laptop, phoneDevice);
		await verifies(laptop, hisDevice);
		await knows(phone, romeo, isVerified(hisDevice));
		await verifies(his, laptopDevice);
		await knows(his, juliet, isVerified(phoneDevice));

		t.deepEqual([laptop, phone, his].map(shown), before);
	},
);
