/** Blocking (XEP-0191) and strangers at real servers. */
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer} from '../support/servers.js';
import {online, type Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const tybalt = addressOf('tybalt@example.test');
const password = 'pencil';

const onEveryServer = everyServer({
	accounts: {juliet: password, romeo: password, tybalt: password},
	rosters: {
		juliet: [{jid: romeo, name: 'Romeo'}],
		romeo: [{jid: juliet, name: 'Juliet'}],
	},
});

const say = async (who: Person, to: BareJid, body: string) => {
	const {key} = await who.actions.sendMessage({account: who.jid, to, body});
	return key;
};
const stateOf = ({storage}: Person, key: number) => storage.messages.get(key)?.state;
const settledAs = (who: Person, key: number, state: string) =>
	who.saw.until('message.changed', ({change}) => change.key === key && change.state === state);

onEveryServer(
	'who is blocked cannot write, on no device of the account, until they are let through again',
	async (t, serve) => {
		const server = await serve();
		const [desk, pocket] = [await online(t, server, juliet), await online(t, server, juliet)];
		const his = await online(t, server, romeo);
		await his.saw.until('presence.changed', ({jid, resources}) => jid === juliet && resources.length === 2);

		await desk.actions.block({account: juliet, jid: romeo});
		await pocket.saw.until('blocklist.changed', ({blocked}) => blocked.includes(romeo));
		t.deepEqual(await desk.actions.listBlocked({account: juliet}), [romeo]);
		const lost = await say(his, juliet, 'Lady');
		await settledAs(his, lost, 'failed');
		t.like(await t.throwsAsync(say(pocket, romeo, 'Romeo')), {code: 'recipient-blocked'});

		t.deepEqual(await pocket.actions.unblock({account: juliet, jid: romeo}), {unblocked: [romeo]});
		await desk.saw.until(
			'blocklist.changed',
			({blocked}) => blocked.length === 0 && desk.saw.all('blocklist.changed').length > 2,
		);
		await say(his, juliet, 'Lady, by yonder moon');
		const {message} = await desk.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
		t.is(message.body, 'Lady, by yonder moon');
		const answer = await say(desk, romeo, 'O, swear not');
		await settledAs(desk, answer, 'delivered');
	},
);

onEveryServer('the block list is there at the next login, and all of it ends at once', async (t, serve) => {
	const server = await serve();
	const first = await online(t, server, juliet);
	await first.actions.block({account: juliet, jid: tybalt});
	await first.actions.block({account: juliet, jid: 'spam.example' as BareJid});
	await first.stop();
	const again = await online(t, server, juliet);
	const {blocked} = await again.saw.until('blocklist.changed');
	t.deepEqual(blocked.toSorted(), ['spam.example' as BareJid, tybalt]);
	const {unblocked} = await again.actions.unblock({account: juliet});
	t.is(unblocked.length, 2);
	t.deepEqual(await again.actions.listBlocked({account: juliet}), []);
});

onEveryServer('what a server keeps back for a block says so', async (t, serve) => {
	const server = await serve();
	const hers = await online(t, server, juliet);
	await hers.actions.block({account: juliet, jid: romeo});
	await hers.actions.disconnect({account: juliet});
	// Nobody here knows now whom the server blocks.
	const key = await say(hers, romeo, 'Romeo');
	await hers.actions.connect({account: juliet});
	await settledAs(hers, key, 'failed');
	t.is(hers.storage.messages.get(key)?.failure, `You have blocked ${romeo}. /unblock ${romeo} ends that.`);
});

onEveryServer('a stranger waits, learns nothing, and talks once accepted', async (t, serve) => {
	const server = await serve();
	const [hers, his] = [await online(t, server, juliet), await online(t, server, tybalt)];
	const first = await say(his, juliet, 'A word with one of you');
	const {request} = await hers.saw.until('request.changed');
	t.like(request, {jid: tybalt, text: 'A word with one of you', count: 1});
	t.deepEqual(hers.saw.all('buffer.opened'), []);
	t.deepEqual(hers.saw.all('message.recorded'), []);

	const {buffer} = await hers.actions.acceptRequest({account: juliet, jid: tybalt});
	t.is(buffer?.id, bufferId(juliet, 'chat', tybalt));
	await say(hers, tybalt, 'Well, a word');
	await his.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
	await say(his, juliet, 'make it a word and a blow');
	const {message} = await hers.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
	t.is(message.body, 'make it a word and a blow');
	// Two messages there and back would have brought a receipt for the first one.
	t.is(stateOf(his, first), 'acked');
	t.deepEqual(
		his.saw.all('presence.changed').filter(({jid}) => jid === juliet),
		[],
	);
});

onEveryServer(
	'a stranger who is blocked waits no more; what they wrote while nobody was here waits',
	async (t, serve) => {
		const server = await serve();
		const [hers, his] = [await online(t, server, juliet), await online(t, server, tybalt)];
		await say(his, juliet, 'Buy swords');
		await hers.saw.until('request.changed');
		await hers.actions.block({account: juliet, jid: tybalt});
		await hers.saw.until('request.resolved');
		t.deepEqual((await hers.actions.snapshot({})).messageRequests, []);
		const lost = await say(his, juliet, 'Buy more');
		await settledAs(his, lost, 'failed');

		await hers.actions.unblock({account: juliet, jid: tybalt});
		await hers.actions.disconnect({account: juliet});
		const late = await say(his, juliet, 'Still there?');
		await settledAs(his, late, 'acked');
		await hers.actions.connect({account: juliet});
		await hers.saw.until('request.changed', ({request}) => request.text === 'Still there?');
		t.like((await hers.actions.snapshot({})).messageRequests, [{jid: tybalt, text: 'Still there?', count: 1}]);
	},
);
