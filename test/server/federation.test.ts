/** Two people whose servers are not the same: Juliet's is Prosody, Romeo's is ejabberd. */
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {systemClock} from '../../source/shared/clock.js';
import {type BareJid, domainOf} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {type Federated, startFederated} from '../support/federation.js';
import {addressOf} from '../support/scripted-session.js';
import type {TestServer} from '../support/servers.js';

type Person = Client & Profile & {readonly saw: Recorder; readonly jid: BareJid};
type Scene = {readonly servers: Federated};

const test = anyTest as TestFn<Scene>;
const juliet = addressOf('juliet@capulet.example');
const romeo = addressOf('romeo@montague.example');

test.beforeEach(async t => {
	t.context = {
		servers: await startFederated({prosodyAccounts: {juliet: 'pencil'}, ejabberdAccounts: {romeo: 'pencil'}}),
	};
});

test.afterEach.always(async t => {
	await (t.context as Partial<Scene>).servers?.stop();
});

async function online(t: ExecutionContext<Scene>, server: TestServer, jid: BareJid): Promise<Person> {
	const profile = await profileWith(t, [{jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile}]);
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	await client.actions.connect({account: jid});
	return {...profile, ...client, jid, saw: record(client.events)};
}

/** Both online, with a subscription to each other's presence. */
async function friends(t: ExecutionContext<Scene>): Promise<{hers: Person; his: Person}> {
	const {prosody, ejabberd} = t.context.servers;
	const [hers, his] = [await online(t, prosody, juliet), await online(t, ejabberd, romeo)];
	await hers.actions.addContact({account: juliet, jid: romeo});
	await his.saw.until('subscription.requested', ({request}) => request.jid === juliet);
	await his.actions.acceptSubscription({account: romeo, jid: juliet});
	await hers.saw.until('presence.changed', ({jid, resources}) => jid === romeo && resources.length === 1);
	// She has approved in advance.
	await his.actions.addContact({account: romeo, jid: juliet});
	await his.saw.until('presence.changed', ({jid, resources}) => jid === juliet && resources.length === 1);
	return {hers, his};
}

const say = (from: Person, to: Person, body: string) => from.actions.sendMessage({account: from.jid, to: to.jid, body});
const hasState = ({saw}: Person, {key}: {readonly key: number}, state: string) =>
	saw.until('message.changed', ({change}) => change.key === key && change.state === state);
/** What becomes of a message in the end. */
const outcome = async ({saw}: Person, {key}: {readonly key: number}) => {
	const ends = ['delivered', 'failed'];
	const isEnd = (change: {readonly key: number; readonly state?: string}) =>
		change.key === key && ends.includes(change.state ?? '');
	return (await saw.until('message.changed', ({change}) => isEnd(change))).change.state;
};
const hears = ({saw}: Person, {id}: {readonly id?: string}) =>
	saw.until('message.recorded', ({message}) => message.direction === 'incoming' && message.id === id);
const heard = ({saw}: Person) =>
	saw
		.all('message.recorded')
		.filter(({message}) => message.direction === 'incoming')
		.map(({message}) => message.body);

test.serial('people on two servers become contacts, chat in both directions and see that it arrives', async t => {
	const {hers, his} = await friends(t);
	t.like((await hers.actions.snapshot({})).contacts[0], {jid: romeo, subscription: 'both'});
	t.like((await his.actions.snapshot({})).contacts[0], {jid: juliet, subscription: 'both'});

	const asked = await say(hers, his, 'Wherefore art thou? 👩‍👩‍👧 <&>');
	await hasState(hers, asked, 'delivered');
	const answered = await say(his, hers, 'Here');
	await hasState(his, answered, 'delivered');
	t.deepEqual([heard(his), heard(hers)], [['Wherefore art thou? 👩‍👩‍👧 <&>'], ['Here']]);

	await his.actions.setPresence({account: romeo, availability: 'away', statusText: 'in Mantua'});
	await hers.saw.until('presence.changed', ({resources}) => resources[0]?.statusText === 'in Mantua');
});

test.serial('what cannot reach the other server has failed, and what is sent over a restored link arrives', async t => {
	const {hers, his} = await friends(t);
	const {servers} = t.context;
	await hasState(hers, await say(hers, his, 'Before'), 'delivered');
	await hasState(his, await say(his, hers, 'Before'), 'delivered');

	await servers.disconnect();
	for (const [from, to] of [
		[hers, his],
		[his, hers],
	] as const) {
		const {change} = await hasState(from, await say(from, to, 'Into the void'), 'failed');
		t.true(change.failure?.includes(domainOf(to.jid)), change.failure);
	}

	servers.reconnect();
	// ejabberd refuses for a second to look again.
	while ((await outcome(his, await say(his, hers, 'Afterwards'))) === 'failed');
	t.is(await outcome(hers, await say(hers, his, 'Afterwards')), 'delivered');
	t.deepEqual(heard(his), ['Before', 'Afterwards']);
	t.deepEqual(heard(hers), ['Before', 'Afterwards']);
});

test.serial('what vanishes between two servers is never taken for delivered', async t => {
	const {hers, his} = await friends(t);
	const {servers} = t.context;
	await hasState(hers, await say(hers, his, 'Before'), 'delivered');
	await hasState(his, await say(his, hers, 'Before'), 'delivered');
	servers.toEjabberd.freeze();
	const vanished = await say(hers, his, 'Into the void');
	await hasState(hers, vanished, 'acked');
	await servers.disconnect();
	servers.reconnect();
	await hears(his, await say(hers, his, 'Afterwards'));
	t.deepEqual(heard(his), ['Before', 'Afterwards']);
	t.is(hers.storage.messages.get(vanished.key)?.state, 'acked');
});
