import test, {type ExecutionContext} from 'ava';
import {profileWith} from './profile.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

const busy = "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const forbidden = "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const nothing = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

/** Juliet, who encrypts, is online; her server answers to what she publishes as `answer` says. */
async function publishing(t: ExecutionContext, answer: () => string): Promise<Scene> {
	const it = await offlineScene(t, await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'}));
	it.server.accountFeatures = [...it.server.accountFeatures, 'http://jabber.org/protocol/pubsub#publish-options'];
	it.server.answerWith('pubsub', payload => (payload.includes('<publish ') ? answer() : nothing));
	await it.actions.connect({account: juliet});
	await quiet();
	return it;
}

async function quiet(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) {
		await settled();
	}
}

/** The nodes that were published in, in order. */
function published({server}: Scene): readonly string[] {
	return server.asked.flatMap(text => /<publish node="([^"]+)"/.exec(text)?.[1] ?? []);
}

test('what a server is too busy to publish is published later in the same session, and then no more', async t => {
	let isBusy = true;
	const it = await publishing(t, () => (isBusy ? busy : ''));
	t.deepEqual(
		published(it).filter(node => node.endsWith('devicelist')),
		[],
	);

	isBusy = false;
	it.clock.advance(60_000);
	await quiet();
	for (const node of ['eu.siacs.conversations.axolotl.devicelist', 'urn:xmpp:omemo:2:devices']) {
		t.is(published(it).filter(each => each === node).length, 1, node);
	}

	const count = published(it).length;
	it.clock.advance(24 * 60 * 60_000);
	await quiet();
	t.is(published(it).length, count);
});

test('a server that is always too busy to publish is asked less and less often, and at last no more', async t => {
	const it = await publishing(t, () => busy);
	const counts: number[] = [];
	for (let minute = 0; minute < 180; minute++) {
		it.clock.advance(60_000);
		await quiet();
		counts.push(published(it).length);
	}

	t.deepEqual(
		counts.flatMap((count, minute) => (count > (counts[minute - 1] ?? 1) ? [minute + 1] : [])),
		[1, 3, 7, 15, 31, 63],
	);
});

test('what a server refuses to publish for good is not tried again before the next login', async t => {
	const it = await publishing(t, () => forbidden);
	// Once in each version.
	t.is(published(it).length, 2);
	it.clock.advance(24 * 60 * 60_000);
	await quiet();
	t.is(published(it).length, 2);
});
