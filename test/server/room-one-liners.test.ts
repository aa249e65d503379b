import type {ExecutionContext} from 'ava';
import {roomAdministration} from '../../source/extensions/room-administration.js';
import type {BareJid} from '../../source/shared/jid.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {online} from './live-session.js';

const accounts = {juliet: 'pencil', romeo: 'Montägue'};
const onEveryServer = everyServer({accounts});

/** Romeo is in a room with a password, and Juliet has the program. */
async function romeoInTheDen(t: ExecutionContext, server: TestServer) {
	const den = `den@${server.roomDomain}` as BareJid;
	const romeo = await online(t, server, 'romeo', accounts.romeo);
	await romeo.rooms.join(romeo.live, den, {nick: 'Romeo'});
	const administration = romeo.live.use(roomAdministration);
	await administration.configure(den, await administration.configuration(den), {
		'muc#roomconfig_passwordprotectedroom': ['1'],
		'muc#roomconfig_roomsecret': ['rose'],
	});
	const xmppc = await makeXmppcAccount(server, 'juliet', accounts.juliet, {directTls: true});
	t.teardown(xmppc.remove);
	return {den, romeo, xmppc};
}

onEveryServer('a one-liner is said in a room and comes back from it', async (t, serve) => {
	const {den, romeo, xmppc} = await romeoInTheDen(t, await serve());
	const sent = await xmppc.run(
		['send', '--room', den, '--nick', 'Nightingale', '--password', 'rose', '--json'],
		'jug jug',
	);
	t.is(sent.errors, '');
	t.like(JSON.parse(sent.output), {to: den, state: 'delivered'});
	t.is(sent.status, 0);
	const {message} = await romeo.saw.until('message.recorded', ({message: {body}}) => body === 'jug jug');
	t.is(String(message.author), `${den}/Nightingale`);
});

onEveryServer('a one-liner that a room refuses says why, and is not left behind', async (t, serve) => {
	const {den, xmppc} = await romeoInTheDen(t, await serve());
	const wrong = await xmppc.run(['send', '--room', den, '--password', 'thorn'], 'let me in');
	t.is(wrong.status, 77);
	t.regex(wrong.errors, /does not take that password.*--password/);
	const taken = await xmppc.run(['send', '--room', den, '--nick', 'Romeo', '--password', 'rose'], 'it is I');
	t.is(taken.status, 77);
	t.regex(taken.errors, /somebody else is called Romeo.*--nick/);
	const nowhere = await xmppc.run(['send', '--room', den.replace('den', 'nowhere')], 'hello?');
	t.is(nowhere.status, 67);
	t.regex(nowhere.errors, /There is no room nowhere@/);
	t.notRegex(wrong.errors + taken.errors + nowhere.errors, /[\s(]\/[a-z]/);
});

onEveryServer('who has read a message in a room is asked for in vain', async (t, serve) => {
	const {den, xmppc} = await romeoInTheDen(t, await serve());
	const asked = await xmppc.run(['send', '--room', den, '--wait', 'displayed'], 'read me');
	t.is(asked.status, 64);
	t.is((await xmppc.run(['send', '--nick', 'Lark', den], 'no room')).status, 64);
});
