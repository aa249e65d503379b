/** What the details of a message say of its stanza, on screens of any size and in lines. */
import test from 'ava';
import type {Message} from '../../source/model/message.js';
import type {MessageDetails} from '../../source/model/message-actions.js';
import {displayWidth} from '../../source/shared/text.js';
import {detailLines} from '../../source/tui/messages/details-lines.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {readableXml} from '../../source/xmpp/readable-xml.js';
import {lineMode} from './line-mode.js';
import {ayMe, soft, taken} from './support/relations.js';
import {account, buffer, contact, evening, golden, message, romeo, stateAfter, utc, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const end = '\u001b[F';
const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'})],
	buffers: [buffer(romeo)],
};
const readable = (xml: string) => {
	const element = parseElement(xml);
	return element === undefined ? '' : readableXml(element, 'stream');
};

const encrypted = message(evening, 'Meet me at the friar’s cell', {
	id: '7f1d3c1e-5a0f-4a54-9d0c-0f6f2f6f9a11',
	archiveId: '1792014983771',
	via: 'archive',
	encryption: 'omemo',
	device: 31,
	deviceTrust: 'verified',
});
const outOfArchive = readable(
	`<message from='juliet@example.org' to='juliet@example.org/xmppc.4f'><result xmlns='urn:xmpp:mam:2' id='1792014983771' queryid='q1'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T21:58:00Z'/><message xmlns='jabber:client' from='romeo@example.net/orchard' to='juliet@example.org' type='chat' id='7f1d3c1e-5a0f-4a54-9d0c-0f6f2f6f9a11'><encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='31'><key rid='1724' prekey='true'>${'MwgB+Qab'.repeat(20)}</key><key rid='41'>${'MwohBcd/'.repeat(12)}</key><iv>Zm9vYmFyYmF6cXV4</iv></header><payload>${'q83vEjRW'.repeat(6)}</payload></encrypted><store xmlns='urn:xmpp:hints'/></message></forwarded></result></message>`,
);

const lines = (details: Partial<MessageDetails> & {readonly message: Message}) =>
	detailLines({versions: [], readers: [], ...details}, {state: stateAfter(), calendar: utc}).map(({text}) => text);
/** What stands under the heading. */
const stanzaOf = (details: Parameters<typeof lines>[0]) => {
	const all = lines(details);
	return all.slice(all.indexOf('Stanza') + 1);
};

for (const [columns, rows] of [
	[80, 24],
	[40, 12],
] as const) {
	test(`the stanza of an encrypted message can be read at ${columns}x${rows}`, async t => {
		const typist = await createTypist({...people, active: withRomeo}, {columns, rows}, backend => {
			backend.history.set(withRomeo, [encrypted]);
			Object.assign(backend.details, {xml: outOfArchive});
		});
		await typist.type(`${press.alt('m')}i`);
		const pages: string[] = [];
		for (let page = typist.popup() ?? ''; page !== pages.at(-1); page = typist.popup() ?? '') {
			pages.push(page);
			t.true(page.split('\n').every(line => displayWidth(line) <= columns - 4));
			await typist.type(press.pageDown);
		}

		const text = pages.join('\n\n');
		t.is(text, golden(`details-stanza-${columns}x${rows}`, text));
		await typist.type(end);
		t.is(typist.popup(), pages.at(-1));
	});
}

test('one element stands a line, each level further right as far as there is room', t => {
	const deep = `${'<a>'.repeat(9)}x${'</a>'.repeat(9)}`;
	t.deepEqual(stanzaOf({message: soft, xml: readable(`<message id='m1'><b/>${deep}</message>`)}).slice(1), [
		'  <message id="m1">',
		'    <b/>',
		'    <a>',
		'      <a>',
		'        <a>',
		'          <a>',
		'            <a>',
		'              <a>',
		'              <a>',
		'              <a>',
		'              <a>x</a>',
		'              </a>',
		'              </a>',
		'              </a>',
		'            </a>',
		'          </a>',
		'        </a>',
		'      </a>',
		'    </a>',
		'  </message>',
	]);
});

test('nothing that a stanza holds works on the terminal or hides in it', t => {
	const hostile = '\u009B2Jx\u202Ey\u2066\u200B\u00AD\uFEFF&#13;&#9;';
	const xml = readable(
		`<message from='a@b/${hostile}' id='&#10;${hostile}'><body>one&#10;\u0085two ${hostile}</body><a\u200Cb xmlns='urn:${hostile}x'/></message>`,
	);
	const shown = stanzaOf({message: message(evening, 'x'), xml});
	t.deepEqual(shown, [
		'  <message from="a@b/\\u{9b}2Jx\\u{202e}y\\u{2066}\\u{200b}\\u{ad}\\u{feff}&#13;&#9;" id="&#10;\\u{9b}2Jx\\u{202e}y\\u{2066}\\u{200b}\\u{ad}\\u{feff}&#13;&#9;">',
		'    <body>one',
		'  \\u{85}two \\u{9b}2Jx\\u{202e}y\\u{2066}\\u{200b}\\u{ad}\\u{feff}&#13;\\u{9}</body>',
		'    <a\\u{200c}b xmlns="urn:\\u{9b}2Jx\\u{202e}y\\u{2066}\\u{200b}\\u{ad}\\u{feff}&#13;&#9;x"/>',
		'  </message>',
	]);
	// What comes through the control socket was made by another process.
	t.deepEqual(stanzaOf({message: message(evening, 'x'), xml: '<a>\u001b[2J\u0007\r\u2028\ud800'}), [
		'  <a>\\u{1b}[2J\\u{7}\\u{d}\\u{2028}\\u{d800}',
	]);
});

test('a stanza of many lines is cut, and says so', t => {
	const xml = Array.from({length: 500}, () => '<a/>').join('\n');
	const shown = stanzaOf({message: message(evening, 'x'), xml});
	t.is(shown.length, 401);
	t.is(shown.at(-1), '  … 100 more lines');
});

test('where there is none it says why', t => {
	const notKept =
		'  Not kept. Stanzas are in memory alone: since the start, of the last 2000 messages of an account, up to 64 KiB each.';
	t.deepEqual(stanzaOf({message: message(evening, 'x')}), [notKept]);
	t.deepEqual(stanzaOf({message: ayMe}), [notKept]);
	t.deepEqual(stanzaOf({message: taken}), [notKept]);
	t.deepEqual(stanzaOf({message: {...taken, body: ''}}), ['  Forgotten, as its text is.']);
	for (const state of ['queued', 'sealed'] as const) {
		t.deepEqual(stanzaOf({message: {...ayMe, state}}), ['  Nothing of it has been sent yet.']);
	}
});

test('of a message that was changed it is said that the stanza is not all', t => {
	const changed = /^ {2}As it was first: edits/u;
	t.regex(stanzaOf({message: soft, xml: '<message/>'})[0] ?? '', changed);
	t.is(stanzaOf({message: message(evening, 'x'), xml: '<message/>'})[0], '  <message/>');
});

for (const spoken of [false, true]) {
	test(`/details prints the stanza in lines${spoken ? ' for who listens' : ''}`, async t => {
		const mode = lineMode(people, true, spoken ? {spoken: true} : {});
		mode.backend.history.set(withRomeo, [encrypted]);
		Object.assign(mode.backend.details, {
			xml: readable(
				`<message from='romeo@example.net/\u202Eorchard\u009B2J'><body>Meet me</body><x xmlns='urn:x'/></message>`,
			),
		});
		await mode.settle();
		await mode.type('/query romeo');
		const {length} = mode.text();
		await mode.type('/details');
		const said = mode.text().slice(length);
		t.regex(said, /<message from="romeo@example\.net\/\\u\{202e\}orchard\\u\{9b\}2J">/u);
		t.regex(said, /<body>Meet me<\/body>/u);
		t.regex(said, /<x xmlns="urn:x"\/>/u);
		await mode.end();
	});
}
