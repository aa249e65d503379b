import {existsSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {silentLog} from '../../source/shared/log.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {type Ejabberd, type EjabberdOptions, startEjabberd} from '../support/ejabberd.js';
import {startChatPeer} from '../support/peers/chat-peer.js';
import {makeXmppcAccount, type Xmppc} from '../support/peers/xmppc.js';
import {addressOf} from '../support/scripted-session.js';
import {keys} from '../support/terminal.js';

// What two clients do with each other here is told with Prosody: client.test.ts, catch-up.test.ts, resumption.test.ts.

async function ejabberd(t: ExecutionContext, options: EjabberdOptions = {}): Promise<Ejabberd> {
	const server = await startEjabberd({accounts: {juliet: 'pencil', romeo: 'Montägue'}, ...options});
	t.teardown(() => server.stop());
	return server;
}

async function julietAt(t: ExecutionContext, server: Ejabberd): Promise<Xmppc> {
	const xmppc = await makeXmppcAccount(server, 'juliet', 'pencil', {directTls: true});
	t.teardown(xmppc.remove);
	return xmppc;
}

test.serial(
	'a private ejabberd keeps its ports, accounts and rosters when it is killed and restarted, and leaves nothing behind',
	async t => {
		const server = await ejabberd(t, {
			rosters: {juliet: [{jid: 'romeo@ejabberd.test', name: 'Romeo', groups: ['Verona']}]},
		});
		await server.halt('hard');
		await server.start();
		await server.restart();
		const session = await openSession({
			jid: addressOf(`juliet@${server.domain}`),
			password: async () => 'pencil',
			host: '127.0.0.1',
			port: server.tlsPort,
			directTls: true,
			tls: {ca: server.caPem},
			resolver: server.resolver,
			clock: systemClock,
			log: silentLog,
			receive: async () => undefined,
		});
		t.is(session.security.certificate, server.fingerprint);
		await session.end();
		t.like(await server.command('get_roster', {user: 'juliet', host: server.domain}), [
			{jid: 'romeo@ejabberd.test', nick: 'Romeo', subscription: 'both', group: 'Verona'},
		]);

		await server.stop();
		t.false(existsSync(server.directory));
	},
);

test.serial('a one-liner is delivered by ejabberd, and one to nobody says so', async t => {
	const server = await ejabberd(t);
	const romeo = await startChatPeer(server, 'romeo', 'Montägue');
	t.teardown(() => romeo.close());
	const xmppc = await julietAt(t, server);
	const arrival = romeo.hears(({body}) => body === 'Wherefore art thou?');
	const sent = await xmppc.run(['send', `romeo@${server.domain}`], 'Wherefore art thou?');
	t.deepEqual(sent, {status: 0, output: '', errors: ''});
	t.regex((await arrival).from, /^juliet@/);
	t.like(await xmppc.run(['send', `nobody@${server.domain}`, 'Hello?']), {status: 67});
});

test.serial('on a screen a conversation over ejabberd goes both ways, through a restart of the server', async t => {
	const server = await ejabberd(t);
	const romeo = await startChatPeer(server, 'romeo', 'Montägue');
	t.teardown(() => romeo.close());
	const terminal = (await julietAt(t, server)).open({columns: 100});
	t.teardown(terminal.stop);
	await terminal.shows(`juliet@${server.domain} ●`);
	terminal.type(`/query romeo@${server.domain}${keys.enter}`);
	const question = romeo.hears(({body}) => body === 'Shall I hear more?');
	terminal.type(`Shall I hear more?${keys.enter}`);
	romeo.send((await question).from, 'I take thee at thy word');
	await terminal.shows('I take thee at thy word');

	await server.restart();
	await terminal.shows(`juliet@${server.domain} ●`);
	const again = await startChatPeer(server, 'romeo', 'Montägue');
	t.teardown(() => again.close());
	again.send(`juliet@${server.domain}`, 'So thrive my soul');
	await terminal.shows('So thrive my soul');
	t.true(terminal.text().indexOf('Shall I hear more?') < terminal.text().indexOf('So thrive my soul'));
});
