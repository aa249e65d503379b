/** One message that a real server does not accept must not keep all others from going out. */
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {loadSqlite, openDatabase} from '../../source/storage/sqlite.js';
import {startChatPeer} from '../support/peers/chat-peer.js';
import {startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {startProsody} from '../support/prosody.js';

const romeo = 'romeo@example.test';

test('a message for which the server ends the connection is given up, and what is behind it arrives', async t => {
	// This one takes less than usual, and does not say so.
	const server = await startProsody({
		accounts: {juliet: 'wherefore', romeo: 'orchard'},
		scram: 'SHA-256',
		settings: 'c2s_stanza_size_limit = 20000',
	});
	t.teardown(server.stop);
	const peer = await startChatPeer(server, 'romeo', 'orchard');
	t.teardown(peer.close);
	const xmppc = await makeXmppcAccount(server, 'juliet', 'wherefore');
	t.teardown(xmppc.remove);
	const daemon = startStaying(xmppc, ['daemon']);
	t.teardown(() => daemon.end('SIGKILL'));
	await daemon.says(/is connected/);
	t.like(await xmppc.run(['send', romeo, 'first']), {status: 0});

	const poison = xmppc.run(['send', '--json', romeo, 'x'.repeat(60_000)]);
	await daemon.says(/interrupted/);
	const arrival = peer.hears(({body}) => body === 'behind');
	t.like(await xmppc.run(['send', '--wait', 'queued', romeo, 'behind']), {status: 0});
	const {status, errors} = await poison;
	t.is(status, 65, errors);
	t.like(JSON.parse(errors).error, {code: 'message-ends-connection'});
	await arrival;
	await daemon.says(/The server ended the connection each time the message to romeo@example\.test was sent/);
	const history = path.join(xmppc.home.directory, 'data', 'xmppc', 'default', 'history.sqlite');
	const database = openDatabase(await loadSqlite(), history, {timeout: 5000});
	t.teardown(database.close);
	const states = () => database.all('SELECT state FROM messages ORDER BY key').map(({state}) => state);
	// The server may still have to confirm what has arrived already.
	for (let patience = 300; patience > 0 && states().at(-1) !== 'acked'; patience--) {
		await setTimeout(20);
	}

	t.is(await daemon.end('SIGTERM'), 0);
	t.deepEqual(states(), ['acked', 'failed', 'acked']);
});
