import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {legacyFormat, omemo2Format} from '../../../source/omemo/ratchet/message-format.js';
import {readFields, type Schema, writeFields} from '../../../source/omemo/ratchet/protobuf.js';
import {bytes, hex} from './support.js';

const schema = {number: [1, 'uint32'], text: [2, 'bytes']} as const satisfies Schema;
const most32 = 2 ** 32 - 1;

testProp(
	'fields that were written are read again',
	[fc.integer({min: 0, max: most32}), fc.uint8Array({maxLength: 300})],
	(t, number, text) => {
		t.deepEqual(readFields(schema, writeFields(schema, {number, text})), {number, text});
		t.deepEqual(readFields(schema, writeFields(schema, {text})), {text});
	},
);

testProp('any bytes are read as fields or refused', [fc.uint8Array({maxLength: 60})], (t, input) => {
	t.notThrows(() => readFields(schema, input));
	t.notThrows(() =>
		[legacyFormat, omemo2Format].map(format => [format.readMessage(input), format.readExchange(input)]),
	);
});

const fields: ReadonlyArray<readonly [what: string, bytes: string, read: unknown]> = [
	['nothing', '', {}],
	['both fields, in any order', '1201ff0805', {number: 5, text: Uint8Array.of(255)}],
	['unknown fields of every type that is in use', '18053d0000000029000000000000000032020102', {}],
	['an unknown number of 64 bits', '18ffffffffffffffffff01', {}],
	['the highest number', '08ffffffff0f', {number: most32}],
	['a number of 33 bits', '088080808010', undefined],
	['a number that is written too long', '088500', undefined],
	['a field twice', '08050805', undefined],
	['bytes where a number belongs', '0a0105', undefined],
	['a number where bytes belong', '1005', undefined],
	['a fixed number where a varint belongs', '0d05000000', undefined],
	['field 0', '0005', undefined],
	['a group', '0b', undefined],
	['bytes that are cut off', '1203ffff', undefined],
	['a length without end', '12ffffffffffffffffff', undefined],
	['a length of many gigabytes', '12ffffffff0f00', undefined],
	['a tag alone', '08', undefined],
	['an unknown fixed field that is cut off', '3d0000', undefined],
];
for (const [what, input, read] of fields) {
	test(`${what}: ${read === undefined ? 'refused' : 'read'}`, t => {
		t.deepEqual(readFields(schema, bytes(input)), read as never);
	});
}

test('nothing longer than a message can be is looked at', t => {
	const long = writeFields(schema, {text: new Uint8Array(1100)});
	t.is(readFields(schema, long), undefined);
	t.is(legacyFormat.readMessage(new Uint8Array(5000).fill(0x33)), undefined);
});

test('numbers that do not fit are not written', t => {
	for (const number of [-1, 1.5, 2 ** 32, Number.NaN]) {
		t.throws(() => writeFields(schema, {number}), {instanceOf: RangeError});
	}
});

const key = bytes('653614993d2b15ee9e5fd3d86ce719ef4ec1daae1886a87b3f5fa9565a27a22f');
const ciphertext = new Uint8Array(16).fill(0xcc);
const header = {ratchetKey: key, counter: 0, previousCounter: 300};

test('a legacy message is a version, four fields and eight bytes', t => {
	const body = legacyFormat.writeBody(header, ciphertext);
	t.is(hex(body), `330a2105${hex(key)}100018ac022210${'cc'.repeat(16)}`);
	const message = legacyFormat.writeMessage(body, new Uint8Array(8).fill(0xaa));
	t.is(hex(message), `${hex(body)}${'aa'.repeat(8)}`);
	t.like(legacyFormat.readMessage(message), {counter: 0, previousCounter: 300});
});

test('an omemo:2 message is four fields in one of two', t => {
	const body = omemo2Format.writeBody(header, ciphertext);
	t.is(hex(body), `080010ac021a20${hex(key)}2210${'cc'.repeat(16)}`);
	const message = omemo2Format.writeMessage(body, new Uint8Array(16).fill(0xaa));
	t.is(hex(message), `0a10${'aa'.repeat(16)}1239${hex(body)}`);
	t.like(omemo2Format.readMessage(message), {counter: 0, previousCounter: 300});
});

test('the key exchanges have the fields of their schemas', t => {
	const exchange = {preKeyId: 7, signedPreKeyId: 9, baseKey: key};
	const message = Uint8Array.of(1, 2, 3);
	t.is(
		hex(legacyFormat.writeExchange(exchange, bytes(`05${'11'.repeat(32)}`), message)),
		`3308071a2105${'11'.repeat(32)}`.replace('1a21', `122105${hex(key)}1a21`).concat('22030102033009'),
	);
	t.is(
		hex(omemo2Format.writeExchange(exchange, bytes('11'.repeat(32)), message)),
		`080710091a20${'11'.repeat(32)}2220${hex(key)}2a03010203`,
	);
});

test('messages that lack something or have keys of another form are refused', t => {
	const legacy = (text: string) => legacyFormat.readMessage(bytes(`${text}${'aa'.repeat(8)}`));
	const block = `2210${'cc'.repeat(16)}`;
	t.truthy(legacy(`330a2105${hex(key)}1000${block}`), 'without a previous counter there was no chain before');
	t.is(legacy(`320a2105${hex(key)}1000${block}`), undefined, 'another version');
	t.is(legacy(`340a2105${hex(key)}1000${block}`), undefined);
	t.is(legacy(`330a20${hex(key)}1000${block}`), undefined, 'the key of the other profile');
	t.is(legacy(`330a2105${hex(key)}${block}`), undefined, 'no counter');
	t.is(legacy(`331000${block}`), undefined, 'no ratchet key');
	t.is(legacy(`330a2105${hex(key)}1000`), undefined, 'no ciphertext');
	t.is(legacy(`330a2105${hex(key)}10002200`), undefined, 'an empty one');
	t.is(legacy(`330a2105${hex(key)}1000220f${'cc'.repeat(15)}`), undefined, 'no whole block');
	t.is(legacy(`330a2105${'00'.repeat(32)}1000${block}`), undefined, 'a key of low order');
	t.is(legacyFormat.readMessage(bytes('33aabbcc')), undefined);

	const omemo2 = (mac: string, body: string) => {
		const length = (body.length / 2).toString(16).padStart(2, '0');
		return omemo2Format.readMessage(
			bytes(`0a${(mac.length / 2).toString(16).padStart(2, '0')}${mac}12${length}${body}`),
		);
	};
	t.truthy(omemo2('aa'.repeat(16), `080010001a20${hex(key)}${block}`));
	t.is(omemo2('aa'.repeat(8), `080010001a20${hex(key)}${block}`), undefined, 'a code of the other length');
	t.is(omemo2('aa'.repeat(32), `080010001a20${hex(key)}${block}`), undefined);
	t.is(omemo2('aa'.repeat(16), `08001a20${hex(key)}${block}`), undefined, 'no previous counter');
	t.is(omemo2('aa'.repeat(16), `080010001a2105${hex(key)}${block}`), undefined, 'the key of the other profile');
});
