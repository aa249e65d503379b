import test, {type ExecutionContext} from 'ava';
import type {Snapshot} from '../../source/model/actions.js';
import type {RoomProfile} from '../../source/model/room-profile.js';
import type {Vcard} from '../../source/model/vcard.js';
import type {BareJid} from '../../source/shared/jid.js';
import {displayWidth} from '../../source/shared/text.js';
import {refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {balcony, capulets, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {contact, golden, me, romeo} from './support.js';
import {createTypist, press} from './typist.js';

const sizes = [
	[40, 12],
	[80, 24],
	[200, 50],
] as const;

const [rose, thorn] = ['a31c4bd04de69663cfd7f424a8453f4674da37ff', 'b9b256f999ded52c2fa14fb007c2e5b979450cbb'];

const card: Vcard = {
	fields: [
		{kind: 'fullName', value: 'House of Capulet\u001b[2J'},
		{kind: 'phone', value: '+39 045 1597', places: ['work', 'fax']},
		{kind: 'description', value: 'Both alike\nin dignity\u202e'},
		{kind: 'url', value: 'https://example.org/\u200bcapulets'},
	],
	photos: [{where: 'inside', type: 'PNG', width: 64, height: 48, bytes: 4123, sha1: `${rose}`, claimed: 'image/png'}],
	omitted: 0,
};

const house: Partial<RoomProfile> = {
	name: 'House of Capulet\u001b[2J',
	description: 'Guests are welcome,\nMontagues are not',
	subject: 'The ball is tonight',
	features: {
		membersOnly: true,
		nonAnonymous: false,
		moderated: true,
		persistent: false,
		passwordProtected: true,
		archived: true,
		slowMode: 30,
	},
	listed: false,
	occupants: 230,
	language: 'it',
	contacts: ['capulet@example.org' as BareJid],
	logs: 'https://example.org/logs',
	pages: ['https://example.org/chat'],
	announced: [`${rose}`],
	card,
};

const inside: Partial<Snapshot> = {
	contacts: [contact(romeo)],
	buffers: [roomBuffer(capulets, {pinned: true})],
	rooms: [
		{
			room: room(capulets, {subject: 'The ball is over'}),
			occupants: [occupant('juliet', {role: 'moderator', affiliation: 'owner'}), occupant('romeo')],
		},
	],
	bookmarks: [{account: me, room: capulets, name: 'Home', autojoin: true, nick: 'juliet'}],
	active: inCapulets,
};
const outside: Partial<Snapshot> = {
	invitations: [{account: me, room: balcony, from: romeo, direct: true}],
	bookmarks: [{account: me, room: balcony, autojoin: false, notify: 'mentions', pinned: true}],
};

/** A page as it is first shown on a screen of any size. */
async function pictured(name: string, command: string, snapshot: Partial<Snapshot>, t: ExecutionContext) {
	for (const [columns, rows] of sizes) {
		const {type, popup, backend, popupLayout} = await createTypist(snapshot, {columns, rows});
		backend.rooms.profile = house;
		await type(`${command}\r`);
		const lines = (popup() ?? '').split('\n').map(each => each.trimEnd());
		const {rectangle} = popupLayout() ?? {rectangle: undefined};
		t.true(rectangle !== undefined && rectangle.x + rectangle.width <= columns);
		t.true(lines.every(line => displayWidth(line) <= columns));
		t.is(lines.join('\n'), golden(`${name}-${columns}x${rows}`, lines.join('\n')));
	}
}

test('/roominfo tells what a room is, and the person’s place in it', t => pictured('roominfo', '/roominfo', inside, t));

test('/roominfo tells about a room that was not entered', t =>
	pictured('roominfo-outside', `/roominfo ${balcony}`, outside, t));

/** What the page says of the room, a line each without its indentation. */
async function told(profile: Partial<RoomProfile>, command = `/roominfo ${balcony}`): Promise<readonly string[]> {
	const {type, popup, backend} = await createTypist({}, {columns: 200, rows: 60});
	backend.rooms.profile = profile;
	await type(`${command}\r`);
	return (popup() ?? '').split('\n').map(line => line.trim());
}

/** What is said of the card of somebody who announces these pictures. */
async function shown(fields: Partial<Vcard> | undefined, announced: readonly string[] = []) {
	const {type, popup, backend} = await createTypist({}, {columns: 200, rows: 60});
	backend.rooms.announced = announced;
	if (fields !== undefined) {
		backend.rooms.card = {fields: [], photos: [], omitted: 0, ...fields};
	}

	await type(`/vcard ${romeo}\r`);
	return (popup() ?? '')
		.split('\n')
		.slice(2, -1)
		.map(line => line.trim());
}

test('what a room does not tell is not said', async t => {
	t.deepEqual(await told({}), [
		'About a room',
		balcony,
		`Address: ${balcony}`,
		'You',
		`You are not in this room: /join ${balcony} enters it`,
		'Remembered: no',
		'Card',
		'It has none.',
		'type to search, Esc closes',
	]);
});

test('the kind of a room is said in plain words, whatever it is', async t => {
	const open = await told({
		features: {membersOnly: false, nonAnonymous: true, moderated: false, persistent: true, logged: true},
		listed: true,
	});
	for (const line of [
		'Entry: anybody may enter',
		'Addresses: everybody sees them',
		'Speaking: everybody may',
		'What is said: logged in public',
		'Lasting: stays when everybody has left',
		'Listed: in the list of rooms',
	]) {
		t.true(open.includes(line), line);
	}
});

test('why a card could not be had is said', async t => {
	const lines = await told({cardProblem: 'It did not answer.'});
	t.true(lines.includes('It could not be had. It did not answer.'));
});

test('a picture is what its bytes are, and announced or not', async t => {
	const photo = {where: 'inside', type: 'GIF', bytes: 512, sha1: `${rose}`} as const;
	t.deepEqual(await shown({photos: [photo]}, [`${rose}`]), ['Picture: GIF, 512 bytes', `SHA-1: ${rose}, as announced`]);
	t.deepEqual(await shown({photos: [photo]}), ['Picture: GIF, 512 bytes', `SHA-1: ${rose}`]);
	t.deepEqual(await shown({photos: [photo]}, [`${thorn}`]), [
		'Picture: GIF, 512 bytes',
		`SHA-1: ${rose}`,
		`Another picture is announced: SHA-1 ${thorn}`,
	]);
	t.deepEqual(await shown({fields: [{kind: 'fullName', value: 'Romeo'}]}, [`${rose}`]), [
		'Full name: Romeo',
		`A picture is announced that the card does not have: SHA-1 ${rose}`,
	]);
	t.is(
		(await shown({photos: [{...photo, type: 'unknown', claimed: 'image/png\u202e'}]}))[0],
		'Picture: of no known kind, though the card says image/png\\u{202e}, 512 bytes',
	);
});

test('a picture that lies elsewhere, is too large or damaged is not looked at', async t => {
	t.deepEqual(
		await shown({
			photos: [
				{where: 'elsewhere', address: 'https://example.org/a.png'},
				{where: 'unread', why: 'too large'},
				{where: 'unread', why: 'damaged'},
			],
			omitted: 2,
		}),
		[
			'Picture: not in the card, but at https://example.org/a.png',
			'Picture: larger than 1 MiB, not looked at',
			'Picture: damaged, cannot be read',
			'It goes on: 2 more lines are left out.',
		],
	);
});

test('who has no card is told to have none', async t => {
	t.deepEqual(await shown(undefined), ['There is no card, or nobody of that address.']);
	const {type, popup} = await createTypist({});
	await type('/vcard\r');
	t.regex(popup() ?? '', /juliet@example\.org \(you\)\s+You have no card\./);
});

test('in a room the card of who has a nick is asked for', async t => {
	const {type, popup, backend} = await createTypist(inside);
	backend.rooms.card = card;
	await type('/vcard romeo\r');
	t.deepEqual(backend.asked('vcard'), [{account: me, jid: `${capulets}/romeo`}]);
	t.regex(popup() ?? '', /capulets@rooms\.example\.org\/romeo/);
	t.notRegex(popup() ?? '', /[\u001b\u202e\u200b]/u);
});

test('why a room tells nothing is said where it was asked', async t => {
	const {type, popup, screen, backend} = await createTypist(inside);
	backend.refuse('roomProfile', refusal('stanza-item-not-found', 'There is no such room.'));
	await type(`/roominfo ${balcony}\r`);
	t.is(popup(), undefined);
	t.regex(screen(), /There is no such room\./);
	t.regex(screen(), /Try something else\./);
});

test('who went elsewhere before the room answered is not disturbed', async t => {
	const {type, popup, backend, settle} = await createTypist(inside);
	const answer = backend.delay('roomProfile');
	await type('/roominfo\r');
	await type('/buffer 1\r');
	answer();
	await settle();
	t.is(popup(), undefined);
});

test('while somebody is asked for long it is said who', async t => {
	const {type, screen, popup, backend, settle, clock} = await createTypist(inside);
	const answer = backend.delay('vcard');
	await type(`/vcard ${romeo}\r`);
	await clock.advance(400);
	await settle();
	t.regex(screen(), /Asking romeo@example\.net…/);
	answer();
	await settle();
	t.regex(popup() ?? '', /There is no card/);
});

test('/whois tells how to ask for a card', async t => {
	const {type, popup} = await createTypist(inside);
	await type('/whois romeo\r');
	t.regex(popup() ?? '', /Card: \/vcard capulets@rooms\.example\.org\/romeo asks for it/);
	await type(press.escape);
	await type(`/whois ${balcony}\r`);
	t.regex(popup() ?? '', /If it is a room: \/roominfo balcony@rooms\.example\.org asks it/);
});

for (const spoken of [false, true]) {
	test(`the same is told in lines${spoken ? ', for who listens' : ''}`, async t => {
		const it = lineMode(inside, false, {spoken});
		it.backend.rooms.profile = house;
		it.backend.rooms.card = card;
		await it.settle();
		const heard = async (line: string) => {
			const before = it.text().length;
			await it.type(line);
			return it.text().slice(before).replaceAll('\r', '');
		};
		await it.type('/buffer 2');
		t.is(await heard('/whois'), await heard('/roominfo'));
		const text = await heard(`/room info ${capulets}`);
		t.is(text, golden(`roominfo-${spoken ? 'spoken' : 'lines'}`, text.replace(/\n$/u, '')).concat('\n'));
		t.regex(await heard('/vcard romeo'), /Picture: PNG, 64x48, 4\.1 kB\n *SHA-1: a31c/);
		it.backend.refuse('vcard', refusal('iq-timeout', 'It does not answer.'));
		t.regex(await heard('/vcard romeo'), spoken ? /Error: It does not answer/ : /error: It does not answer/);
		await it.end();
	});
}
