/**
 * The devices of an account, as its list names them (XEP-0384 0.9.1 §5.3.1, and 0.3.0 for the legacy version).
 * https://xmpp.org/extensions/xep-0384.html
 */
import type {PubsubNode} from '../../extensions/pubsub.js';
import type {OmemoVersion} from '../../model/device.js';
import {codePointLength} from '../../shared/text.js';
import {type Codec, codec} from '../../xmpp/codec.js';
import {append, attributeOf, childrenNamed, createElement, type Element} from '../../xmpp/element.js';
import {omemoNamespaces} from './namespaces.js';
import {deviceId, signature} from './scalars.js';

export type ListedDevice = {
	readonly id: number;
	/** User text. Means nothing before `labelSignature` is found to be its identity key's over the text in UTF-8. */
	readonly label?: string;
	/** 64 bytes; there with a label, and never without. */
	readonly labelSignature?: Uint8Array;
};

/** The one item of a list, so that a new one replaces it (XEP-0060 §12.20). */
export const deviceListItem = 'current';

/** Code points (§5.3.1). A longer label is none: cut, it would not be what was signed. */
const longestLabel = 53;
const defaultMost = 50;

/**
 * The node of an account's device list. What is read has no impossible ids, none twice, and no more than `most`: one who
 * lists thousands would have everybody encrypt for them. `own` stays in whatever is cut off, or a long own list would look
 * as if this device were missing in it.
 */
export function deviceListNode(
	version: OmemoVersion,
	{own, most = defaultMost}: {readonly own?: number; readonly most?: number} = {},
): PubsubNode<readonly ListedDevice[]> {
	const name = version === 'legacy' ? `${omemoNamespaces.legacy}.devicelist` : `${omemoNamespaces.omemo2}:devices`;
	return {name, payload: deviceList(version, own, most), access: 'everybody'};
}

function deviceList(version: OmemoVersion, own: number | undefined, most: number): Codec<readonly ListedDevice[]> {
	const namespace = omemoNamespaces[version];
	const hasLabels = version === 'omemo2';
	return codec(namespace, hasLabels ? 'devices' : 'list', {
		decode(source) {
			const found = new Map<number, ListedDevice>();
			for (const element of childrenNamed(source, 'device', namespace)) {
				const id = deviceId.parse(attributeOf(element, 'id') ?? '');
				if (id !== undefined && !found.has(id)) {
					found.set(id, {id, ...(hasLabels ? labelIn(element) : {})});
				}
			}

			return capped([...found.values()], own, most);
		},
		encode(devices, target) {
			const elements = devices.map(({id, label, labelSignature}) =>
				createElement('device', {
					xmlns: namespace,
					id: deviceId.format(id),
					...(hasLabels && label !== undefined && labelSignature !== undefined
						? {label, labelsig: signature.format(labelSignature)}
						: {}),
				}),
			);
			append(target, elements);
		},
	});
}

/** A label that nobody signed is to be ignored. */
function labelIn(device: Element): Pick<ListedDevice, 'label' | 'labelSignature'> {
	const label = attributeOf(device, 'label') ?? '';
	const labelSignature = signature.parse(attributeOf(device, 'labelsig') ?? '');
	return label === '' || labelSignature === undefined || codePointLength(label) > longestLabel
		? {}
		: {label, labelSignature};
}

function capped(devices: readonly ListedDevice[], own: number | undefined, most: number): readonly ListedDevice[] {
	const ownDevice = devices.slice(most).find(({id}) => id === own);
	return ownDevice === undefined ? devices.slice(0, most) : [...devices.slice(0, most - 1), ownDevice];
}
