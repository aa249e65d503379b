/** What settles a message that was sent, and what does not (`protocol.md` §3.6), beyond what `incoming.test.ts` has. */
import test from 'ava';
import {after, connect, keep, leave, lines, stateOf} from './archive-scene.js';
import {here, juliet, romeo, scene} from './scene.js';

const refused = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const unavailable = "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const bodiesIn = (written: readonly string[]) =>
	written.flatMap(text => [...text.matchAll(/<body>([^<]*)<\/body>/g)].map(([, body]) => body));

test('a note to oneself that is refused has failed, though the refusal comes from the own account', async t => {
	const it = await scene(t);
	const {key, id} = await it.actions.sendMessage({account: juliet, to: juliet, body: 'Note'});
	await it.server.bring(`<message from='${juliet}' to='${here}' type='error' id='${id}'>${refused}</message>`);
	t.is(it.storage.messages.get(key)?.state, 'failed');
});

test('a refusal changes the one message that it names, in the conversation with who refuses', async t => {
	const it = await scene(t);
	const first = await it.actions.sendMessage({account: juliet, to: romeo, body: 'first'});
	const second = await it.actions.sendMessage({account: juliet, to: romeo, body: 'second'});
	await it.server.bring(
		`<message from='nurse@example.org' to='${here}' type='error' id='${first.id}'>${refused}</message>`,
		`<message from='${romeo}' to='${here}' type='error' id='another'>${refused}</message>`,
		`<message from='${romeo}' to='${here}' type='error'>${refused}</message>`,
		`<message from='${romeo}/orchard' to='${here}' type='error' id='${second.id}'>${refused}</message>`,
	);
	t.deepEqual(
		[first, second].map(({key}) => it.storage.messages.get(key)?.state),
		['written', 'failed'],
	);
});

test('an uncertain message is decided when the archive was read where it could be, though more is missing before', async t => {
	const it = await after(t, lines(3));
	keep(it, ...lines(250, {from: 4}));
	it.server.archive.onPage = query => {
		it.server.archive.refusal = query.after === 'a103' ? unavailable : undefined;
	};
	await connect(it);
	// A gap is left behind, and a message written that the archive will not have.
	it.clock.advance(3_600_000);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'where?'});
	await leave(it);
	it.clock.advance(3_600_000);
	keep(it, ...lines(250, {from: 254}));
	it.server.archive.onPage = query => {
		it.server.archive.refusal = undefined;
		// This page is answered still, and fills the newer of the two gaps.
		it.server.archive.silent ||= query.after === 'a353';
	};
	await connect(it);
	t.true(it.server.archive.silent);
	t.deepEqual(
		stateOf(it)?.gaps.map(({after, before}) => [after?.id, before.id]),
		[['a103', 'a154']],
	);
	t.deepEqual(bodiesIn(it.server.written), ['where?']);
});
