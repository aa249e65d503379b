import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {deviceListItem, deviceListNode, type ListedDevice} from '../../../source/omemo/wire/device-list.js';
import {bytesOf, damaged, deviceIds, garbage, overTheWire, xml} from './arbitrary.js';

const legacyList = (ids: readonly (number | string)[]) =>
	xml(`<list xmlns='eu.siacs.conversations.axolotl'>${ids.map(id => `<device id='${id}'/>`).join('')}</list>`);
const upTo = (count: number) => Array.from({length: count}, (_, index) => index + 1);
const idsIn = (devices: readonly ListedDevice[] | undefined) => devices?.map(({id}) => id);

test('each version has a node of its own that everybody may read, with one item', t => {
	const {payload: legacy, ...legacySettings} = deviceListNode('legacy');
	const {payload: today, ...settings} = deviceListNode('omemo2');
	t.deepEqual(legacySettings, {name: 'eu.siacs.conversations.axolotl.devicelist', access: 'everybody'});
	t.deepEqual(settings, {name: 'urn:xmpp:omemo:2:devices', access: 'everybody'});
	t.deepEqual([legacy.name, today.name], ['list', 'devices']);
	t.is(deviceListItem, 'current');
});

test('of a long list the first fifty count', t => {
	const {payload} = deviceListNode('legacy');
	t.deepEqual(idsIn(payload.decode(legacyList(upTo(50)))), upTo(50));
	t.deepEqual(idsIn(payload.decode(legacyList(upTo(51)))), upTo(50));
	t.deepEqual(idsIn(payload.decode(legacyList(upTo(15_000)))), upTo(50));
});

test('the own device stays on a list that is cut, in one place', t => {
	const decoded = (own: number, most: number, ids = upTo(9)) =>
		idsIn(deviceListNode('legacy', {own, most}).payload.decode(legacyList(ids)));
	t.deepEqual(decoded(9, 3), [1, 2, 9]);
	t.deepEqual(decoded(3, 3), [1, 2, 3]);
	t.deepEqual(decoded(4, 3), [1, 2, 4]);
	t.deepEqual(decoded(10, 3), [1, 2, 3]);
	t.deepEqual(decoded(2, 3, [1, 2]), [1, 2]);
});

test('what is cut is counted without what is invalid or there twice', t => {
	const {payload} = deviceListNode('legacy', {most: 3});
	t.deepEqual(idsIn(payload.decode(legacyList([0, 1, -3, 1, 4294967295, 2, 2, 3, 4]))), [1, 2, 3]);
});

test('of a device that is listed twice the first mention counts', t => {
	const signed = (label: string) => ({id: 7, label, labelSignature: new Uint8Array(64)});
	const {payload} = deviceListNode('omemo2');
	t.deepEqual(payload.decode(payload.encode([signed('Laptop'), signed('Desk')])), [signed('Laptop')]);
	t.deepEqual(payload.decode(payload.encode([{id: 7}, signed('Desk')])), [{id: 7}]);
});

test('a label is written only with its signature, and never in the legacy version', t => {
	const device: ListedDevice = {id: 7, label: 'Laptop', labelSignature: new Uint8Array(64)};
	const written = (version: 'legacy' | 'omemo2', devices: readonly ListedDevice[]) =>
		deviceListNode(version).payload.decode(overTheWire(deviceListNode(version).payload.encode(devices)));
	t.deepEqual(written('omemo2', [device]), [device]);
	t.deepEqual(written('omemo2', [{id: 7, label: 'Laptop'}]), [{id: 7}]);
	t.deepEqual(written('legacy', [device]), [{id: 7}]);
});

const labels = fc.string({minLength: 1, maxLength: 53, unit: 'grapheme-ascii'});
const listed = fc.oneof(
	fc.record({id: deviceIds}, {noNullPrototype: true}),
	fc.record({id: deviceIds, label: labels, labelSignature: bytesOf(64)}, {noNullPrototype: true}),
);

testProp(
	'a list is read as it was written',
	[fc.uniqueArray(listed, {maxLength: 50, selector: ({id}) => id})],
	(t, devices) => {
		const {payload} = deviceListNode('omemo2');
		t.deepEqual(payload.decode(overTheWire(payload.encode(devices))), devices);
		const legacy = deviceListNode('legacy').payload;
		t.deepEqual(
			legacy.decode(overTheWire(legacy.encode(devices))),
			devices.map(({id}) => ({id})),
		);
	},
);

const someList = xml(
	"<devices xmlns='urn:xmpp:omemo:2'><device id='1'/><device id='2'/><device id='3' label='Desk' labelsig=''/></devices>",
);

testProp(
	'whatever a list holds, what is read has possible ids, each once',
	[garbage(['devices', 'device'], ['id', 'label', 'labelsig'], ['urn:xmpp:omemo:2']), damaged(someList)],
	(t, ...elements) => {
		for (const element of elements) {
			const ids = idsIn(deviceListNode('omemo2').payload.decode(element)) ?? [];
			t.is(new Set(ids).size, ids.length);
			t.true(ids.every(id => Number.isInteger(id) && id > 0 && id < 2 ** 31));
		}
	},
);
