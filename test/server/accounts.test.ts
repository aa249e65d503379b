/** Several accounts in one window, what survives the end of it, nodes and attention: against a real server. */
import {setTimeout as sleep} from 'node:timers/promises';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {createAttention} from '../../source/client/attention.js';
import {collectHooks} from '../../source/client/message-hooks.js';
import {extensions} from '../../source/extensions/index.js';
import {presence} from '../../source/extensions/presence.js';
import {notifyFeature, type Pubsub, type PubsubEvent, type PubsubNode, pubsub} from '../../source/extensions/pubsub.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {attribute, element} from '../../source/xmpp/codec.js';
import {createDispatcher} from '../../source/xmpp/dispatcher.js';
import {attachExtensions, defineExtension} from '../../source/xmpp/extension.js';
import {createIq} from '../../source/xmpp/iq.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {temporaryStorage} from '../storage/temporary-profile.js';
import {startEjabberd} from '../support/ejabberd.js';
import {type ChatPeer, startChatPeer} from '../support/peers/chat-peer.js';
import {makeXmppcAccount, type Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {addressOf, noResolver} from '../support/scripted-session.js';
import type {TestServer} from '../support/servers.js';
import {keys, type Terminal} from '../support/terminal.js';

type Scene = {readonly server: Prosody};

const test = anyTest as TestFn<Scene>;
const password = 'wherefore art thou';
const [juliet, romeo, nurse, paris] = ['juliet', 'romeo', 'nurse', 'paris'].map(name =>
	addressOf(`${name}@example.test`),
) as [BareJid, BareJid, BareJid, BareJid];

test.before(async t => {
	const friend = (jid: string) => ({jid, subscription: 'both' as const});
	t.context = {
		server: await startProsody({
			accounts: {juliet: password, romeo: password, nurse: password, paris: password},
			rosters: {
				juliet: [friend(romeo)],
				nurse: [friend(romeo)],
				romeo: [friend(juliet), friend(nurse)],
			},
		}),
	};
});

test.after.always(async t => {
	await (t.context as Partial<Scene>).server?.stop();
});

async function windowOf(t: ExecutionContext<Scene>): Promise<{xmppc: Xmppc; open(): Promise<Terminal>}> {
	const {server} = t.context;
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const {status} = await xmppc.run(
		[
			...['account', 'add', nurse, '--password-stdin', '--secrets', 'key-file'],
			...['--host', `127.0.0.1:${server.port}`, '--tls-ca', server.caFile],
		],
		`${password}\n`,
	);
	t.is(status, 0);
	return {
		xmppc,
		async open() {
			const terminal = xmppc.open({columns: 110});
			t.teardown(() => terminal.stop());
			await terminal.shows(screen => screen.includes('● juliet ') && screen.includes('● nurse '));
			return terminal;
		},
	};
}

async function peer(t: ExecutionContext<Scene>): Promise<ChatPeer> {
	const friend = await startChatPeer(t.context.server, 'romeo', password);
	t.teardown(() => friend.close());
	return friend;
}

const alt = (key: string) => `\u001B${key}`;
const [focusOut, focusIn] = ['\u001B[O', '\u001B[I'];

test.serial('two accounts are online in one window and share a contact; a draft survives kill -9', async t => {
	const friend = await peer(t);
	const {open} = await windowOf(t);
	const first = await open();
	first.type(`/query ${romeo}${keys.enter}`);
	await first.shows('[2: ');
	friend.send(nurse, 'to the nurse');
	await first.shows('!1');
	const fromJuliet = friend.hears(({body}) => body === 'I am Juliet');
	first.type(`I am Juliet${keys.enter}`);
	t.regex((await fromJuliet).from, /^juliet@/u);
	first.type(alt('3'));
	await first.shows(/^ nurse@example\.test ● online +\[3: /mu);
	const fromNurse = friend.hears(({body}) => body === 'I am the nurse');
	first.type(`I am the nurse${keys.enter}`);
	t.regex((await fromNurse).from, /^nurse@/u);

	first.type(`/disconnect${keys.enter}`);
	await first.shows('○ nurse ');
	first.type(`/connect${keys.enter}`);
	await first.shows('● nurse ');

	first.type('half a sent');
	await sleep(1000);
	first.kill('SIGKILL');
	await first.ended;
	const second = await open();
	await second.shows('> half a sent');
	t.regex(second.text(), /^ nurse@example\.test ● online +\[3: /mu);
	t.regex(second.text(), /I am the nurse/u);
	second.type(`ence${keys.enter}`);
	await friend.hears(({body, from}) => body === 'half a sentence' && from.startsWith('nurse@'));
	second.type(`/quit${keys.enter}`);
	await second.ended;
});

test.serial('the server is told when the window loses the keyboard, and holds back what can wait', async t => {
	const {server} = t.context;
	const {open} = await windowOf(t);
	const terminal = await open();
	const count = (what: string) => [...server.log().matchAll(new RegExp(`<${what} [^>]*urn:xmpp:csi:0`, 'gu'))].length;
	const holds = () => server.log().split('resuming inactive mode').length;
	const [before, active, held] = [count('inactive'), count('active'), holds()];
	terminal.type(focusOut);
	await until(() => count('inactive') === before + 2, 12_000);
	// The answer to the question behind it opens the way for some seconds.
	await until(() => holds() >= held + 2, 30_000);
	await peer(t);
	await sleep(400);
	t.false(terminal.text().includes('● romeo'));
	terminal.type(focusIn);
	await until(() => count('active') === active + 2);
	await terminal.shows('● romeo');
	terminal.type(`/quit${keys.enter}`);
	await terminal.ended;
});

async function until(holds: () => boolean, patience = 5000): Promise<void> {
	for (let waited = 0; waited < patience && !holds(); waited += 25) {
		await sleep(25);
	}

	if (!holds()) {
		throw new Error('it never came to that');
	}
}

const tune = element('urn:example:tune', 'tune', {title: attribute('title')});
type Tune = {readonly title: string};
const tunes: PubsubNode<Tune> = {name: 'urn:example:tune', payload: tune, access: 'contacts'};
const secrets: PubsubNode<Tune> = {name: 'urn:example:secret', payload: tune, access: 'private', sendLast: 'never'};

type Listener = {readonly nodes: Pubsub; readonly heard: ReadonlyArray<PubsubEvent<Tune>>};

/** Somebody online who wants to hear of both nodes. */
async function listener(t: ExecutionContext<Scene>, server: TestServer, jid: BareJid): Promise<Listener> {
	const heard: Array<PubsubEvent<Tune>> = [];
	const watch = defineExtension<void>({
		name: 'listener',
		since: '0.1.0',
		status: 'complete',
		features: [notifyFeature(tunes), notifyFeature(secrets)],
		codecs: [],
		requires: [pubsub],
		attach(context) {
			context.use(pubsub).subscribe(tunes, event => heard.push(event));
			context.use(pubsub).subscribe(secrets, event => heard.push(event));
		},
	});
	const storage = await temporaryStorage(t);
	const collected = collectHooks();
	let dispatch: ReturnType<typeof createDispatcher>['dispatch'] = () => {};
	const session = await openSession({
		jid,
		password: async () => password,
		host: '127.0.0.1',
		port: server.port,
		tls: {ca: server.caPem},
		resolver: noResolver,
		clock: systemClock,
		log: silentLog,
		receive: async stanzas => dispatch(stanzas),
	});
	const iq = createIq({session, clock: systemClock, log: silentLog});
	const dispatcher = createDispatcher({own: session.jid, iq, log: silentLog});
	dispatch = dispatcher.dispatch;
	const attached = attachExtensions([...extensions, watch], {
		session,
		iq,
		dispatcher,
		ports: {
			rosters: storage.rosters,
			capabilities: storage.capabilities,
			messages: collected.hooks,
			commit: work => work(),
			answersReceipts: () => false,
			attention: createAttention(systemClock),
		},
		clock: systemClock,
		log: silentLog,
		publish: () => {},
	});
	t.teardown(async () => {
		attached.dispose();
		await session.end();
	});
	await attached.started();
	attached.use(presence).announce({availability: 'available', statusText: ''});
	return {nodes: attached.use(pubsub), heard};
}

test.serial('nodes are published, heard, repaired and taken back as their access says', async t => {
	const {server} = t.context;
	const [hers, hersToo] = [await listener(t, server, juliet), await listener(t, server, juliet)];
	const [his, theirs] = [await listener(t, server, romeo), await listener(t, server, paris)];
	await sleep(300);

	await hers.nodes.publish(secrets, {id: 'current', value: {title: 'Secret'}});
	await hers.nodes.publish(tunes, {id: 'current', value: {title: 'Heart’s ease'}});
	await until(() => hersToo.heard.length === 2 && his.heard.length === 1);
	t.deepEqual(his.heard, [{owner: juliet, items: [{id: 'current', value: {title: 'Heart’s ease'}}], retracted: []}]);
	t.deepEqual(
		hersToo.heard.map(({items}) => items[0]?.value.title),
		['Secret', 'Heart’s ease'],
	);
	t.deepEqual(await hersToo.nodes.items(secrets), [{id: 'current', value: {title: 'Secret'}}]);
	t.regex((await t.throwsAsync(his.nodes.items(secrets, {owner: juliet}))).message, /^example|juliet/u);
	await t.throwsAsync(theirs.nodes.items(tunes, {owner: juliet}));

	await hers.nodes.publish({...tunes, access: 'everybody'}, {id: 'current', value: {title: 'For all'}});
	t.deepEqual(await theirs.nodes.items(tunes, {owner: juliet}), [{id: 'current', value: {title: 'For all'}}]);
	await hers.nodes.retract(tunes, 'current');
	await hers.nodes.retract(tunes, 'current');
	t.deepEqual(await hers.nodes.items(tunes), []);
	await until(() => his.heard.some(({retracted}) => retracted.includes('current')));
	t.deepEqual(await hers.nodes.items({...tunes, name: 'urn:example:nowhere'}), []);
	t.false(theirs.heard.length > 0);
});

test.serial('a node becomes what it must be on a server that knows few options of publishing', async t => {
	const server = await startEjabberd({domain: 'example.test', accounts: {juliet: password, paris: password}});
	t.teardown(() => server.stop());
	const [hers, theirs] = [await listener(t, server, juliet), await listener(t, server, paris)];
	const diary: PubsubNode<Tune> = {
		...tunes,
		name: 'urn:example:diary',
		access: 'everybody',
		maxItems: 3,
		sendLast: 'never',
	};
	for (const id of ['one', 'two']) {
		await hers.nodes.publish(diary, {id, value: {title: id}});
	}

	t.deepEqual((await theirs.nodes.items(diary, {owner: juliet})).map(({id}) => id).sort(), ['one', 'two']);
	await hers.nodes.publish({...diary, access: 'private', maxItems: 'max'}, {id: 'three', value: {title: 'Secret'}});
	await t.throwsAsync(theirs.nodes.items(diary, {owner: juliet}));
	t.is((await hers.nodes.items(diary)).length, 3);
});
