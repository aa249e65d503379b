import {existsSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {silentLog} from '../../source/shared/log.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {type Ejabberd, type EjabberdOptions, startEjabberd} from '../support/ejabberd.js';
import {addressOf} from '../support/scripted-session.js';

async function ejabberd(t: ExecutionContext, options: EjabberdOptions = {}): Promise<Ejabberd> {
	const server = await startEjabberd({accounts: {juliet: 'pencil', romeo: 'Montägue'}, ...options});
	t.teardown(() => server.stop());
	return server;
}

test('a private ejabberd keeps its ports, accounts and rosters when it is killed and restarted, and leaves nothing behind', async t => {
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
});
