import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {Device} from '../../source/model/device.js';
import {keyUri} from '../../source/model/key-uri.js';
import type {BareJid} from '../../source/shared/jid.js';
import {displayWidth} from '../../source/shared/text.js';
import {dark} from '../../source/themes/dark.js';
import {monochrome} from '../../source/themes/monochrome.js';
import {initialView, withActive, withPopup} from '../../source/tui/app/view-state.js';
import {deviceSections} from '../../source/tui/devices/device-sections.js';
import {lastSeenText} from '../../source/tui/devices/device-text.js';
import type {DevicesPopup} from '../../source/tui/popups/devices.js';
import {popupLayout} from '../../source/tui/popups/layout.js';
import {readQr} from '../shared/qr-reader.js';
import {type FakeBackend, refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {coloredPicture} from './support/colored-picture.js';
import {device, household, key, laptop, newPhone, thisDevice} from './support/devices.js';
import {capulets, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {
	account,
	buffer,
	contact,
	evening,
	golden,
	me,
	message,
	minutes,
	nurse,
	romeo,
	stateAfter,
	utc,
	withRomeo,
} from './support.js';
import {createTypist, press} from './typist.js';

const sizes: ReadonlyArray<readonly [number, number]> = [
	[40, 12],
	[80, 24],
	[200, 50],
];

const encrypted = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'})],
	buffers: [buffer(romeo, {encryption: 'omemo' as const})],
	active: withRomeo,
};
const withDevices =
	(devices: readonly Device[] = household) =>
	(backend: FakeBackend) => {
		backend.devices.push(...devices);
	};
const atHome = (size = {columns: 80, rows: 24}, devices = household) =>
	createTypist(encrypted, size, withDevices(devices));

const known = stateAfter(
	{type: 'account.changed', account: account()},
	{type: 'roster.loaded', account: me, contacts: [contact(romeo, {name: 'Romeo Montague'})]},
	{type: 'buffer.opened', buffer: buffer(romeo, {encryption: 'unavailable'})},
	{type: 'devices.loaded', account: me, owner: me, devices: household.filter(({owner}) => owner === me)},
	{type: 'devices.loaded', account: me, owner: romeo, devices: household.filter(({owner}) => owner === romeo)},
);
const scope = {account: me, owner: romeo};
const popupWith = (selected: number, more: Partial<DevicesPopup> = {}, state = known): DevicesPopup => ({
	type: 'devices',
	scope,
	owners: [romeo],
	sections: deviceSections(state, scope, [romeo]).map(({heading, brief, devices}) => ({
		heading,
		brief,
		rows: devices.map(each => ({device: each, seen: lastSeenText(each, {now: evening, calendar: utc})})),
	})),
	selected,
	...more,
});

test('the devices fit a screen of any size, and tell their states without colours', t => {
	const popups: Readonly<Record<string, DevicesPopup>> = {
		undecided: popupWith(3),
		verified: popupWith(4),
		own: popupWith(1),
		whole: popupWith(3, {wholly: true}),
		'no-keys': popupWith(8),
		said: popupWith(3, {
			said: {level: 'error', text: 'That is no fingerprint (64 digits) and no xmpp: address with keys.'},
		}),
		trouble: popupWith(0, {sections: [], trouble: {message: 'There is no encryption yet.', hint: 'Log in first.'}}),
	};
	for (const [name, popup] of Object.entries(popups)) {
		for (const [columns, rows] of sizes) {
			const {rectangle, rows: shown} = popupLayout(popup, columns, rows - 2);
			const lines = shown.map(row => row.map(span => span.text).join(''));
			t.true(lines.every(each => displayWidth(each) <= rectangle.width - 4));
			t.true(lines.length <= rectangle.height - 2);
			t.true(rectangle.x + rectangle.width <= columns && rectangle.y + rectangle.height <= rows - 2);
			const picture = lines.map(each => each.trimEnd()).join('\n');
			t.is(picture, golden(`devices-${name}-${columns}x${rows}`, picture));
		}
	}
});

for (const theme of [dark, monochrome]) {
	test(`the devices with the colours of the theme ${theme.name}: each group of a fingerprint has its own`, t => {
		for (const [columns, rows] of sizes) {
			const view = withPopup(withActive(initialView, withRomeo, undefined), popupWith(3));
			const picture = coloredPicture(known, view, theme, {}, [columns, rows]);
			t.is(picture, golden(`devices-colors-${theme.name}-${columns}x${rows}`, picture));
		}
	});
}

test('thirty devices scroll, and the chosen one stays in view with its heading', t => {
	const many = Array.from({length: 30}, (_, index) => device(5000 + index, romeo));
	const state = stateAfter(
		{type: 'devices.loaded', account: me, owner: me, devices: [thisDevice]},
		{type: 'devices.loaded', account: me, owner: romeo, devices: many},
	);
	for (const [columns, rows] of sizes) {
		for (let selected = 0; selected < 31; selected++) {
			const {rows: shown} = popupLayout(popupWith(selected, {}, state), columns, rows - 2);
			const text = shown.map(row => row.map(span => span.text).join(''));
			t.is(text.filter(line => line.startsWith('> ')).length, 1, `${columns}x${rows} ${selected}`);
		}

		t.regex(popupLayout(popupWith(0, {}, state), columns, rows - 2).rows[1]?.[0]?.text ?? '', /^Your devices/);
	}
});

test('/devices shows mine and theirs, and begins with what waits for a decision', async t => {
	const typist = await atHome();
	await typist.type('/devices\r');
	t.deepEqual(typist.backend.asked('listDevices'), [{account: me}, {account: me, owner: romeo}]);
	const popup = typist.popup() ?? '';
	t.regex(popup, /Laptop +verified/);
	t.regex(popup, /Devices of Romeo Montague, romeo@example\.net \(6 devices, 1 not decided\)/);
	t.regex(popup, /> New\S* phone +NOT DECIDED +seen today 21:53/);
	t.regex(popup, /It is new, and you have not decided about it: nothing is sent/);
	t.notRegex(popup, /\u001b/);
});

test('Enter shows everything about a device where the list has no room for it', async t => {
	const typist = await atHome({columns: 40, rows: 12});
	await typist.type('/devices\r');
	await typist.type('\r');
	const text = (typist.popup() ?? '').replaceAll('\n', ' ');
	t.regex(text, /\(device 1234567890\) NOT DECIDED, seen today 21:53 12345678 90f0e1d2 c3b4a596/);
	await typist.type(press.escape);
	t.regex(typist.popup() ?? '', /> New/);
	await typist.type(press.escape);
	t.is(typist.popup(), undefined);
});

test('a key leads to the devices', async t => {
	const typist = await atHome();
	await typist.type(press.alt('v'));
	t.regex(typist.popup() ?? '', /NOT DECIDED/);
	await typist.type(press.escape);
	t.is(typist.popup(), undefined);
});

test('t trusts and d distrusts the chosen device, and the list follows it', async t => {
	const typist = await atHome();
	await typist.type('/devices\r');
	await typist.type('t');
	const {owner, fingerprint} = newPhone;
	t.deepEqual(typist.backend.asked('setTrust'), [{account: me, owner, fingerprint, trust: 'trusted'}]);
	t.regex(typist.popup() ?? '', /> New\S* phone +trusted/);
	t.regex(typist.popup() ?? '', /romeo@example\.net with the key 12345678 90f0e1d2… is\s+trusted/);
	await typist.type('d');
	t.regex(typist.popup() ?? '', /> New\S* phone +distrusted/);
});

test('v shows the fingerprint and asks whether it was compared; afterwards the list is there again', async t => {
	const typist = await atHome();
	await typist.type('/devices\r');
	await typist.type('v');
	t.regex(typist.popup() ?? '', /Did you compare it over another channel\?/);
	t.regex(typist.popup() ?? '', /12345678 90f0e1d2 c3b4a596 8778695a/);
	await typist.type('\r');
	t.deepEqual(typist.backend.asked('setTrust'), []);
	t.regex(typist.popup() ?? '', /> New\S* phone +NOT DECIDED/);
	await typist.type(`v${press.down}\r`);
	t.like(typist.backend.asked('setTrust')[0], {owner: romeo, trust: 'verified'});
	t.regex(typist.popup() ?? '', /> New\S* phone +verified/);
	await typist.type(`v${press.down}${press.down}\r`);
	t.regex(typist.popup() ?? '', /> New\S* phone +distrusted/);
});

test('nothing is decided about this device, one without keys, or in a list that is not there yet', async t => {
	const typist = await atHome();
	const answer = typist.backend.delay('listDevices');
	await typist.type('/devices\r');
	await typist.type('td');
	answer();
	await typist.settle();
	t.deepEqual(typist.backend.asked('setTrust'), []);
	await typist.type('kkkt');
	t.regex(typist.popup() ?? '', /This is the device you use/);
	await typist.type(`${press.up}t`);
	t.regex(typist.popup() ?? '', /The keys of device 45 were never seen/);
	t.deepEqual(typist.backend.asked('setTrust'), []);
});

test('what the server says later does not move the choice', async t => {
	const typist = await atHome();
	await typist.type('/devices\r');
	await typist.type(press.down);
	const chosen = /> (.*?) {2}/u.exec(typist.popup() ?? '')?.[1];
	typist.backend.devices.push(device(7, romeo, {trust: 'undecided'}), device(8, me, {trust: 'undecided'}));
	await typist.type('r');
	t.like(typist.backend.asked('listDevices').at(-1), {owner: romeo, refresh: true});
	t.regex(typist.popup() ?? '', /8 of 11|7 of 11/);
	t.is(/> (.*?) {2}/u.exec(typist.popup() ?? '')?.[1], chosen);
});

test('what is compared stays to be seen on the smallest screen', async t => {
	const typist = await atHome({columns: 40, rows: 12});
	await typist.type('/devices\r');
	await typist.type('v');
	const {fingerprint = ''} = newPhone;
	t.true((typist.popup() ?? '').replaceAll(/\s/gu, '').includes(fingerprint));
	t.regex(typist.popup() ?? '', /No, they differ/);
});

test('x removes only another device of one’s own, after a question', async t => {
	const typist = await atHome();
	await typist.type('/devices\r');
	await typist.type('x');
	t.regex(typist.popup() ?? '', /Only other devices of your own can be removed/);
	await typist.type('kkx');
	t.regex(typist.popup() ?? '', /Take Laptop \(device 222\) off the list of your devices\?/);
	await typist.type('\r');
	t.deepEqual(typist.backend.asked('removeDevice'), []);
	await typist.type(`x${press.down}\r`);
	t.deepEqual(typist.backend.asked('removeDevice'), [{account: me, id: laptop.id}]);
	t.regex(typist.popup() ?? '', /> Laptop +inactive/);
});

test('a fingerprint or an address that is pasted verifies what it belongs to, and warns of another key', async t => {
	const typist = await atHome();
	await typist.type('/devices\r');
	await typist.type(press.paste(`${newPhone.fingerprint}\n`));
	t.regex(typist.popup() ?? '', /Key: /);
	await typist.type('\r');
	t.like(typist.backend.asked('setTrust')[0], {fingerprint: newPhone.fingerprint, trust: 'verified'});
	await typist.type(`p${'not a key'}\r`);
	t.regex(typist.popup() ?? '', /That is no fingerprint/);
	await typist.type(`p${key('9')}\r`);
	t.regex(typist.popup() ?? '', /No device here has that key/);
	await typist.type(`p${keyUri({jid: romeo, keys: [{id: 43, fingerprint: key('aaaaaa43')}]})}\r`);
	t.like(typist.backend.asked('setTrust')[1], {fingerprint: key('aaaaaa43'), trust: 'verified'});
	await typist.type(`p${keyUri({jid: romeo, keys: [{id: 43, fingerprint: key('bbbbbbbb')}]})}\r`);
	t.regex(typist.popup() ?? '', /Not verified: device 43 of romeo@example\.net has another key here/);
	t.is(typist.backend.asked('setTrust').length, 2);
});

test('why there are no devices is said in their place, and what is known stays', async t => {
	const typist = await atHome();
	const unavailable = refusal('encryption-unavailable', 'There is no encryption yet.', 'Log in first.');
	await typist.type(`${press.alt('1')}`);
	typist.backend.refuse('listDevices', unavailable);
	await typist.type('/devices\r');
	t.regex(typist.popup() ?? '', /Laptop/);
	t.regex(typist.popup() ?? '', /There is no encryption yet\. Log in first/);
	const empty = await createTypist({accounts: [account()]});
	empty.backend.refuse('listDevices', unavailable);
	await empty.type('/devices\r');
	t.regex(empty.popup() ?? '', /There is no encryption yet\.\n.*Log in first/s);
});

test('in a room there are the devices of its members, person by person', async t => {
	const snapshot = {
		accounts: [account()],
		buffers: [roomBuffer(capulets, {encryption: 'omemo' as const})],
		active: inCapulets,
		rooms: [{room: room(capulets), occupants: [occupant('juliet'), occupant('romeo', {jid: romeo})]}],
	};
	const typist = await createTypist(snapshot, {columns: 80, rows: 24}, backend => {
		backend.devices.push(...household, device(9, nurse));
		backend.rooms.affiliated.push(
			{jid: nurse, affiliation: 'member'},
			{jid: me, affiliation: 'owner'},
			{jid: 'tybalt@example.org' as BareJid, affiliation: 'admin'},
			{jid: 'verona.example' as BareJid, affiliation: 'member'},
		);
	});
	await typist.type('/devices\r');
	t.deepEqual(
		typist.backend.asked('listDevices').map(input => Reflect.get(Object(input), 'owner')),
		[undefined, nurse, romeo, 'tybalt@example.org'],
	);
	t.regex(typist.popup() ?? '', /Devices: capulets@rooms\.example\.org +\d+ of 10/);
	const {popup} = typist.app.view();
	const headings = popup?.type === 'devices' ? popup.sections.map(({heading}) => heading) : [];
	t.deepEqual(headings, [
		'Your devices (3 devices)',
		'Devices of nurse@example.org (1 device)',
		'Devices of romeo@example.net (6 devices, 1 not decided)',
		'Devices of tybalt@example.org (none that encrypts)',
	]);
});

test('the code of one’s own keys fits a terminal of 80x24 and says what it should', async t => {
	for (const [columns, rows] of [
		[80, 24],
		[200, 50],
	] as const) {
		const devices = [thisDevice, laptop];
		const {rectangle, rows: shown} = popupLayout({type: 'keyCode', account: me, devices}, columns, rows - 2);
		t.true(rectangle.y + rectangle.height <= rows - 1 && rectangle.x + rectangle.width <= columns);
		const squares = shown
			.map(row => row[0]?.text ?? '')
			.flatMap(line => [
				[...line].map(cell => cell === '█' || cell === '▀'),
				[...line].map(cell => cell === '█' || cell === '▄'),
			]);
		const left = squares.reduce((least, row) => Math.min(least, row.includes(true) ? row.indexOf(true) : least), 99);
		const size = squares[0]?.length === undefined ? 0 : squares[0].length - 2 * left;
		const code = squares.slice(left, left + size).map(row => row.slice(left, left + size));
		const keys = (rows === 50 ? devices : [thisDevice]).flatMap(({id, fingerprint}) =>
			fingerprint === undefined ? [] : [{id, fingerprint}],
		);
		t.is(readQr(code), keyUri({jid: me, keys}));
		t.true(left >= 2);
	}
});

test('where the code does not fit, what it says stands there', async t => {
	const typist = await atHome({columns: 40, rows: 12});
	await typist.type('/devices\r');
	await typist.type('q');
	t.regex(typist.popup() ?? '', /The code needs 45 columns/);
	t.regex((typist.popup() ?? '').replaceAll('\n', ''), /omemo-sid-1111111111=11111111/);
	await typist.type(press.escape);
	t.regex(typist.popup() ?? '', /^Devices/);
});

test('when sending stops, the buffer says who has which new device and what to type, once', async t => {
	const typist = await atHome({columns: 100, rows: 24});
	const problem = {code: 'undecided-devices', kind: 'unavailable' as const, message: 'Somebody has a new device.'};
	const stop = {type: 'encryption.changed', buffer: withRomeo, encryption: 'unavailable', problem} as const;
	typist.backend.emit(stop);
	await typist.settle();
	typist.backend.emit(stop);
	await typist.settle();
	const screen = typist.screen().replaceAll(/[\s│]+/gu, ' ');
	t.regex(
		screen,
		/Nothing is sent here until you decide about a new device: New\S* phone \(device 1234567890\) of romeo@example\.net\./,
	);
	t.regex(screen, /Alt\+V or \/devices shows it\. \/omemo verify 1234567890 when you have compared/);
	t.is(screen.split('Nothing is sent here').length, 2);
	t.regex(typist.row(0), /nothing is sent: a new device, \/devices/);
	t.regex(typist.row(23), /^✗>/);
	typist.backend.devices.push(device(7, romeo, {trust: 'undecided'}));
	typist.backend.emit({type: 'devices.changed', account: me, owner: romeo});
	await typist.settle();
	t.regex(
		typist.screen().replaceAll(/[\s│]+/gu, ' '),
		/new devices: New\S* phone \(device 1234567890\) of romeo@example\.net; device 7 of/,
	);
	t.regex(typist.row(0), /2 new devices/);
});

test('another reason is said as it is, once, and on demand', async t => {
	const verified = [thisDevice, device(41, romeo, {trust: 'verified'})];
	const typist = await atHome({columns: 80, rows: 24}, verified);
	t.regex(typist.row(0), /OMEMO, verified/);
	const problem = {
		code: 'no-devices',
		kind: 'unavailable' as const,
		message: 'romeo@example.net has no device that encrypts any more.',
		hint: 'Ask Romeo on another way.',
	};
	typist.backend.emit({type: 'encryption.changed', buffer: withRomeo, encryption: 'unavailable', problem});
	await typist.settle();
	const said = () =>
		typist
			.screen()
			.replaceAll(/[\s│]+/gu, ' ')
			.split('no device that encrypts any more').length - 1;
	t.is(said(), 1);
	await typist.type('/omemo\r');
	t.is(said(), 2);
	t.regex(typist.screen(), /Nothing is sent here, because it cannot be encrypted now/);
	typist.backend.emit({type: 'encryption.changed', buffer: withRomeo, encryption: 'omemo'});
	await typist.settle();
	await typist.type('/omemo\r');
	t.regex(
		typist.screen().replaceAll(/[\s│]+/gu, ' '),
		/That is 1 device of theirs, all verified, and 1 device of yours/,
	);
});

test('a conversation in clear says so, and why where there is a reason', async t => {
	const typist = await createTypist({...encrypted, buffers: [buffer(romeo)]});
	typist.backend.emit({
		type: 'encryption.changed',
		buffer: withRomeo,
		encryption: 'none',
		problem: {code: 'no-omemo', kind: 'unavailable', message: 'romeo@example.net has no device that encrypts.'},
	});
	await typist.settle();
	await typist.type('/omemo\r');
	const text = typist.screen().replaceAll(/[\s│]+/gu, ' ');
	t.regex(text, /not end-to-end encrypted: the servers they pass can read them\. romeo@example\.net has no device/);
	t.regex(text, /\/omemo on encrypts/);
	await typist.type('/omemo on\r');
	t.deepEqual(typist.backend.asked('chooseEncryption'), [{buffer: withRomeo, choice: 'on'}]);
	t.regex(typist.screen(), /is encrypted end to end from now on/);
});

test('how each message was protected stands behind its time, in words for who listens', async t => {
	const messages = [
		message(evening, 'sealed', {encryption: 'omemo', deviceTrust: 'verified', device: 41}),
		message(evening + minutes, 'who is this', {encryption: 'omemo', deviceTrust: 'undecided', device: 7}),
		message(evening + 2 * minutes, 'in clear', {unprotected: true}),
	];
	const prepare = (backend: FakeBackend) => {
		backend.history.set(withRomeo, messages);
		withDevices()(backend);
	};
	const typist = await createTypist(encrypted, {columns: 80, rows: 24}, prepare);
	t.regex(typist.screen(), /21:58◆.*sealed/);
	t.regex(typist.screen(), /21:59◇.*who is this/);
	t.regex(typist.screen(), /22:00!.*in clear/);
	for (const [spoken, words] of [
		[
			true,
			[
				/, encrypted, 21:58: sealed/,
				/by a device you have not decided about, 21:59/,
				/, NOT encrypted although this conversation is, 22:00: in clear/,
			],
		],
		[false, [/Romeo Montague: sealed/, /\[by a device not decided about\] who is this/, /\[NOT encrypted\] in clear/]],
	] as const) {
		const lines = lineMode(encrypted, true, {spoken});
		prepare(lines.backend);
		await lines.settle();
		await lines.type('/query romeo');
		for (const word of words) {
			t.regex(lines.text(), word);
		}

		await lines.type('/quit');
		await lines.end();
	}
});

for (const spoken of [true, false]) {
	test(`without a screen devices are ${spoken ? 'sentences' : 'lines'}, and everything can be done by commands`, async t => {
		const lines = lineMode(encrypted, true, {spoken});
		withDevices()(lines.backend);
		await lines.settle();
		await lines.type('/query romeo');
		const from = lines.text().length;
		for (const line of ['/devices', '/omemo', '/fingerprint romeo', '/omemo trust 1234567890', '/omemo qr']) {
			await lines.type(line);
		}

		await lines.type('/omemo verify 43');
		await lines.type('2');
		t.like(lines.backend.asked('setTrust'), [{trust: 'trusted'}, {fingerprint: key('aaaaaa43'), trust: 'verified'}]);
		const said = lines.text().slice(from);
		t.is(said, golden(`devices-${spoken ? 'spoken' : 'lines'}`, said));
		t.notRegex(said, spoken ? /[█▀▄]|\u001b\[2J/u : /\u001b\[2J/u);
		await lines.type('/quit');
		await lines.end();
	});
}

test('keys are written and read with a passphrase that nobody sees', async t => {
	const typist = await atHome();
	await typist.type('/omemo export /tmp/keys\r');
	await typist.type('short\r');
	t.regex(typist.popup() ?? '', /too short/);
	await typist.type('wherefore art thou\rwherefore art thee\r');
	t.regex(typist.popup() ?? '', /not the same/);
	await typist.type('wherefore art thou\rwherefore art thou\r');
	t.deepEqual(typist.backend.asked('exportKeys'), [{account: me, path: '/tmp/keys', passphrase: 'wherefore art thou'}]);
	t.regex(typist.screen(), /The keys of juliet@example\.org are in \/tmp\/keys/);
	typist.backend.refuse('importKeys', refusal('wrong-passphrase', 'That is not the passphrase.'));
	await typist.type('/omemo import /tmp/keys\rguess\r');
	t.regex(typist.popup() ?? '', /That is not the passphrase/);
	t.notRegex(typist.popup() ?? '', /guess/);
	await typist.type('wherefore art thou\r');
	t.regex(typist.screen(), /This is device 1111111111 of juliet@example\.org now/);
	t.notRegex(JSON.stringify(typist.app.view().history), /wherefore|guess/);
});

test('new keys are made only for who typed their address', async t => {
	const typist = await atHome();
	await typist.type('/omemo new-identity\ryes\r');
	t.regex(typist.popup() ?? '', /nothing was changed/);
	t.deepEqual(typist.backend.asked('resetIdentity'), []);
	await typist.type(`${press.control('u')}juliet@example.org\r`);
	t.deepEqual(typist.backend.asked('resetIdentity'), [{account: me}]);
	await typist.type(`/omemo reset\r${press.down}\r`);
	t.deepEqual(typist.backend.asked('resetSessions'), [{account: me, owner: romeo}]);
	t.regex(typist.screen(), /Sessions with 2 devices begin anew/);
});

test('another device with the same identity is made after a question', async t => {
	const typist = await atHome();
	await typist.type('/omemo new-device\r\r');
	t.deepEqual(typist.backend.asked('resetIdentity'), []);
	t.regex(typist.screen(), /Nothing was changed/);
	await typist.type(`/omemo new-device\r${press.down}\r`);
	t.deepEqual(typist.backend.asked('resetIdentity'), [{account: me, keep: true}]);
	t.regex(typist.screen(), /This device is device \d+ now/);
});

test('what is wrong with encryption is listed, the worst first', async t => {
	const typist = await atHome();
	typist.backend.findings.push(
		{level: 'ok', text: 'The server keeps your keys.'},
		{level: 'error', text: 'device 43 has no keys on its server.', hint: 'Its owner has to start it once.'},
	);
	await typist.type('/omemo doctor\r');
	t.deepEqual(typist.backend.asked('diagnoseEncryption'), [{account: me, with: romeo}]);
	t.regex(typist.popup() ?? '', /WRONG +device 43.*\n +Its owner.*\nok +The server/);
	t.is(bufferId(me, 'chat', romeo), withRomeo);
});

test('an empty conversation says who will be able to read what is written', async t => {
	const typist = await atHome();
	t.regex(
		typist.screen().replaceAll(/[\s│]+/gu, ' '),
		/end-to-end encrypted: only your devices and theirs can read it/,
	);
});

test('a warning with what helps, as for a new device of one’s own, stands out with or without colours', t => {
	const state = stateAfter(
		{type: 'account.changed', account: account()},
		{type: 'buffer.opened', buffer: buffer(romeo, {encryption: 'omemo'})},
		{type: 'history.loaded', buffer: withRomeo, messages: [], complete: true},
		{
			type: 'message.recorded',
			message: message(evening, 'Good morrow', {encryption: 'omemo', deviceTrust: 'verified'}),
		},
		{
			type: 'message.recorded',
			message: message(evening + minutes, 'Hist!', {encryption: 'omemo', deviceTrust: 'undecided'}),
		},
		{type: 'message.recorded', message: message(evening + 2 * minutes, 'Romeo!', {unprotected: true})},
		{
			type: 'notice',
			level: 'warning',
			text: 'Your account has a new device: device 42.',
			hint: 'If it is not yours, somebody knows your password: change it, and take the device off with /omemo remove 42.',
			buffer: withRomeo,
			at: evening + 3 * minutes,
		},
	);
	for (const theme of [dark, monochrome]) {
		for (const [columns, rows] of sizes) {
			const picture = coloredPicture(state, withActive(initialView, withRomeo, undefined), theme, {}, [columns, rows]);
			t.is(picture, golden(`protection-${theme.name}-${columns}x${rows}`, picture));
		}
	}
});
