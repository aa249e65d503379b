/**
 * XEP-0384: OMEMO Encryption, version 0.9.1, and 0.3.0 ("legacy"): device lists and bundles on the servers.
 * https://xmpp.org/extensions/xep-0384.html
 */
import type {ExtensionPorts} from '../extensions/ports.js';
import {notifyFeature, pubsub} from '../extensions/pubsub.js';
import {type OmemoVersion, omemoVersions} from '../model/device.js';
import type {Dispose} from '../shared/clock.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import {defineExtension} from '../xmpp/extension.js';
import {type Bundle, bundleAmong, bundleItem, bundleNode, wantedBundle} from './wire/bundle.js';
import {deviceListItem, deviceListNode, type ListedDevice} from './wire/device-list.js';
import {encryptedCodecs} from './wire/encrypted.js';

export type DeviceNodes = {
	/** None where there is no list. Rejects with a stanza error, or `malformed-answer`, also for a list that cannot be read. */
	fetchList(owner: BareJid, version: OmemoVersion): Promise<readonly ListedDevice[]>;
	publishList(version: OmemoVersion, devices: readonly ListedDevice[]): Promise<void>;
	/** `undefined`: there is none, or none that can be read. Rejects with a stanza error, or `malformed-answer`. */
	fetchBundle(owner: BareJid, device: number, version: OmemoVersion): Promise<Bundle | undefined>;
	publishBundle(version: OmemoVersion, device: number, bundle: Bundle): Promise<void>;
	retractBundle(version: OmemoVersion, device: number): Promise<void>;
	/** Hears the lists of the account and of its contacts; `undefined`: it is gone. Nobody else can speak for them. */
	onList(
		listener: (owner: BareJid, version: OmemoVersion, devices: readonly ListedDevice[] | undefined) => void,
	): Dispose;
};

/** More of them nobody has; what whoever reads a list makes of many is not decided here. */
const mostListed = 1000;

const listNode = (version: OmemoVersion) => deviceListNode(version, {most: mostListed});

export const deviceNodes = defineExtension<DeviceNodes, ExtensionPorts>({
	name: 'OMEMO encryption',
	xep: '0384',
	version: '0.9.1',
	since: '0.3.0',
	status: 'complete',
	features: omemoVersions.map(version => notifyFeature(deviceListNode(version))),
	codecs: [encryptedCodecs.legacy, encryptedCodecs.omemo2],
	requires: [pubsub],
	attach(context) {
		const account = bareOf(context.jid);
		const nodes = context.use(pubsub);
		return {
			async fetchList(owner, version) {
				const items = await nodes.items(listNode(version), {strict: true, ...(owner === account ? {} : {owner})});
				// Where a server keeps several, the newest comes last or is called as it should be.
				return (items.find(({id}) => id === deviceListItem) ?? items.at(-1))?.value ?? [];
			},
			publishList: (version, devices) => nodes.publish(listNode(version), {id: deviceListItem, value: devices}),
			async fetchBundle(owner, device, version) {
				const items = await nodes.items(bundleNode(version, device), wantedBundle(version, owner, device));
				return bundleAmong(items, version, device);
			},
			publishBundle: (version, device, bundle) =>
				nodes.publish(bundleNode(version, device), {id: bundleItem(version, device), value: bundle}),
			retractBundle: (version, device) => nodes.retract(bundleNode(version, device), bundleItem(version, device)),
			onList(listener) {
				const disposals = omemoVersions.map(version =>
					nodes.subscribe(listNode(version), ({owner, items, retracted, emptied}) => {
						const newest = items.at(-1)?.value;
						// What is taken back under another name was an older list.
						if (newest !== undefined || emptied !== undefined || retracted.includes(deviceListItem)) {
							listener(owner, version, newest);
						}
					}),
				);
				return () => {
					for (const dispose of disposals) {
						dispose();
					}
				};
			},
		};
	},
});
