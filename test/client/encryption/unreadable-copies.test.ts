import test, {type ExecutionContext} from 'ava';
import {connect, idle, leave, stanzaId} from '../archive-scene.js';
import {offlineScene, romeo, type Scene, withRomeo} from '../scene.js';

const busy = "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

/** Encrypted for a device that is none of Juliet's. */
const sealed =
	"<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'><key rid='2'>AAAA</key><iv>AAAAAAAAAAAAAAAA</iv></header>" +
	"<payload>AAAA</payload></encrypted><store xmlns='urn:xmpp:hints'/>";
const fallback = '<body>This app cannot read it.</body>';

type Copy = {readonly id?: string; readonly extra?: string};
const stanza = ({id = 'm1', extra = ''}: Copy = {}) =>
	`<message xmlns='jabber:client' from='${romeo}/orchard' to='juliet@example.org' type='chat' id='${id}'>${sealed}${extra}</message>`;
const late = "<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-01-01T00:00:00Z'/>";

/** The archive of a scene that is not connected yet has one message. */
async function archived(t: ExecutionContext, extra: string): Promise<Scene & {readonly id: string}> {
	const it = await offlineScene(t);
	const id = it.server.archive.add({at: it.clock.now(), peer: romeo, message: stanza({extra})});
	return {...it, id};
}

const lines = (it: Scene) =>
	it.storage.messages.page(withRomeo, {limit: 10}).map(({body, archiveId}) => [body.slice(0, 5), archiveId]);

for (const extra of ['', fallback]) {
	const how = extra === '' ? 'without words for others' : 'with words for others';
	test(`what cannot be read and comes out of the archive and late from the server is one line, ${how}`, async t => {
		const it = await archived(t, extra);
		await connect(it);
		await it.server.bring(stanza({extra: extra + late}));
		t.deepEqual(lines(it), [['[This', it.id]]);
	});

	test(`what cannot be read and was delivered before it is found in the archive gets its id, ${how}`, async t => {
		const it = await offlineScene(t);
		it.server.archive.refusal = busy;
		await connect(it);
		await it.server.bring(stanza({extra}));
		t.deepEqual(lines(it), [['[This', undefined]]);
		await leave(it);
		it.server.archive.refusal = undefined;
		const id = it.server.archive.add({at: it.clock.now(), peer: romeo, message: stanza({extra})});
		await connect(it);
		t.deepEqual(lines(it), [['[This', id]]);
	});
}

test('two that cannot be read are two where their ids differ, or the archive’s do', async t => {
	const it = await archived(t, '');
	await connect(it);
	await it.server.bring(stanza({id: 'm2', extra: late}));
	await it.server.bring(stanza({extra: late + stanzaId('another')}));
	await idle(it);
	t.is(lines(it).length, 3);
});
