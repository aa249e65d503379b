import test from 'ava';
import {formOfCard} from '../../source/extensions/vcard-form.js';
import type {Event} from '../../source/model/events.js';
import type {BareJid} from '../../source/shared/jid.js';
import {contactOf} from '../../source/store/selectors.js';
import {chosenName, listedName, nameOf} from '../../source/tui/panes/words.js';
import {createElement} from '../../source/xmpp/element.js';
import {refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {buffer, contact, golden, me, romeo, stateAfter} from './support.js';
import {createTypist, press} from './typist.js';

const own = formOfCard(
	createElement(
		'vCard',
		{xmlns: 'vcard-temp'},
		createElement('FN', {}, 'Juliet\u001b[2J'),
		createElement('DESC', {}, 'one\ntwo'),
	),
);

test('/vcard edit asks for what the card is to say, and sends what was changed', async t => {
	const {type, popup, backend, screen} = await createTypist({}, {columns: 80, rows: 24});
	backend.rooms.ownCard = own;
	await type('/vcard edit\r');
	t.deepEqual(backend.asked('vcardForm'), [{account: me}]);
	t.is(popup(), golden('vcard-edit-80x24', popup() ?? ''));
	await type(' Capulet');
	for (let stop = 0; stop < 10; stop++) {
		await type(press.down);
	}

	await type('\r');
	t.deepEqual(backend.asked('saveVcard'), [{account: me, answers: {FN: ['Juliet[2J Capulet']}}]);
	t.regex(screen(), /Your card is saved\./);
});

test('what the server refuses of the card stands in the form', async t => {
	const it = lineMode({}, false);
	it.backend.rooms.ownCard = own;
	await it.settle();
	await it.type('/vcard edit');
	await it.type('2');
	await it.type('2');
	await it.type('Jule');
	it.backend.refuse('saveVcard', refusal('stanza-forbidden', 'The card may not be changed.'));
	await it.type('1');
	t.regex(it.text(), /The card may not be changed\./);
	await it.type('1');
	t.deepEqual(it.backend.asked('saveVcard'), [
		{account: me, answers: {NICKNAME: ['Jule']}},
		{account: me, answers: {NICKNAME: ['Jule']}},
	]);
	t.regex(it.text(), /Your card is saved\./);
	await it.end();
});

test('/vcard nick tells contacts a name, and takes it back', async t => {
	const {type, backend, screen} = await createTypist({}, {columns: 80, rows: 24});
	await type('/vcard nick Juliet of the balcony\r');
	t.deepEqual(backend.asked('publishNick'), [{account: me, nick: 'Juliet of the balcony'}]);
	t.regex(screen(), /Your contacts are told to call you Juliet of the balcony\./);
	await type('/vcard nick\r');
	t.deepEqual(backend.asked('publishNick').at(-1), {account: me, nick: ''});
});

const tybalt = 'tybalt@example.net' as BareJid;
const nicked = (jid: BareJid, nick: string): Event => ({type: 'contact.nicked', account: me, jid, nick});
const listed = (jid: BareJid, name?: string): Event => ({
	type: 'contact.changed',
	contact: {...contact(jid), ...(name === undefined ? {} : {name})},
});
const unnamed = (jid: BareJid): Event => {
	const {name: _, ...rest} = contact(jid);
	return {type: 'contact.changed', contact: rest};
};

test('what a contact calls themselves is their name where the person gave none, and never without their address in a list', t => {
	const state = stateAfter(
		unnamed(tybalt),
		nicked(tybalt, 'Prince of Cats'),
		listed(romeo, 'Romeo'),
		nicked(romeo, 'Tybalt'),
	);
	const known = contactOf(state, me, tybalt);
	t.is(listedName(state, known, tybalt), `Prince of Cats (${tybalt})`);
	t.is(nameOf(state, me, tybalt), 'Prince of Cats');
	t.is(nameOf(state, me, romeo), 'Romeo');
	const again = stateAfter(unnamed(tybalt), nicked(tybalt, 'Prince of Cats'), nicked(tybalt, ''));
	t.is(nameOf(again, me, tybalt), 'tybalt');
});

test('nobody is called what another contact is called, or what looks like it', t => {
	for (const nick of ['Romeo', 'ROMEO', ' romeo ', 'Rоmeo', 'Romeo\u200b']) {
		const state = stateAfter(listed(romeo, 'Romeo'), unnamed(tybalt), nicked(tybalt, nick));
		t.is(chosenName(state, contactOf(state, me, tybalt)), undefined, nick);
		t.is(nameOf(state, me, tybalt), 'tybalt');
	}
});

test('who is no contact has no name of their own choice, and who is none any more neither', t => {
	t.is(nameOf(stateAfter(nicked(tybalt, 'Prince')), me, tybalt), 'tybalt');
	const gone = stateAfter(
		unnamed(tybalt),
		nicked(tybalt, 'Prince'),
		{type: 'contact.removed', account: me, jid: tybalt},
		unnamed(tybalt),
	);
	t.is(nameOf(gone, me, tybalt), 'tybalt');
});

test('a chosen name stands beside its address in the title and the list, harmless', async t => {
	const {name: _, ...rest} = contact(tybalt);
	const {type, screen} = await createTypist(
		{
			contacts: [rest],
			buffers: [buffer(tybalt)],
			nicks: [{account: me, jid: tybalt, nick: 'Prince\u001b[2J\u202e of Cats'}],
		},
		{columns: 100, rows: 24},
	);
	await type('/buffer 2\r');
	t.regex(screen(), /Prince.* of Cats {2}tybalt@example\.net/);
	t.false(screen().includes('\u001b[2J'));
	t.false(screen().includes('\u202e'));
});
