/** Real servers that lack something: named once, and everything else works. */
import test from 'ava';
import {startChatPeer} from '../support/peers/chat-peer.js';
import {startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {startProsody} from '../support/prosody.js';

const accounts = {juliet: 'wherefore', romeo: 'orchard'};
const juliet = 'juliet@example.test';
const romeo = 'romeo@example.test';

test('without carbons, archive and acknowledgements a conversation works, and each is named once', async t => {
	const server = await startProsody({accounts, scram: 'SHA-256', disable: ['carbons', 'mam', 'smacks']});
	t.teardown(server.stop);
	const peer = await startChatPeer(server, 'romeo', 'orchard');
	t.teardown(peer.close);
	const xmppc = await makeXmppcAccount(server, 'juliet', 'wherefore');
	t.teardown(xmppc.remove);
	for (const start of ['first', 'second']) {
		const daemon = startStaying(xmppc, ['daemon']);
		t.teardown(() => daemon.end('SIGKILL'));
		await daemon.says(/is connected/);
		const arrival = peer.hears(({body}) => body === `${start} hello`);
		t.like(await xmppc.run(['send', romeo, `${start} hello`]), {status: 0});
		await arrival;
		if (start === 'first') {
			await daemon.says(/does not copy messages to all devices/);
			await daemon.says(/keeps no archive/);
			await daemon.says(/does not count what it gets/);
		}

		t.is(await daemon.end('SIGTERM'), 0);
		const named = daemon.text().match(/does not copy messages|keeps no archive|does not count/g) ?? [];
		t.is(named.length, start === 'first' ? 3 : 0, daemon.text());
	}
});

test('an archive that is switched off is named with the command that switches it on, which does so', async t => {
	const server = await startProsody({accounts, scram: 'SHA-256'});
	t.teardown(server.stop);
	const xmppc = await makeXmppcAccount(server, 'juliet', 'wherefore');
	t.teardown(xmppc.remove);
	const off = await xmppc.run(['account', 'archive', juliet, 'never']);
	t.is(off.status, 0, off.errors);
	t.is(off.output, `The archive of ${juliet} keeps no messages (never).\n`);

	const daemon = startStaying(xmppc, ['daemon']);
	t.teardown(() => daemon.end('SIGKILL'));
	await daemon.says(new RegExp(`The archive of ${juliet} is switched off[^]*xmppc account archive ${juliet} always`));
	const on = await xmppc.run(['account', 'archive', '--json', juliet, 'always']);
	t.deepEqual(JSON.parse(on.output), {jid: juliet, policy: 'always'});
	t.is(await daemon.end('SIGTERM'), 0);
	t.deepEqual(JSON.parse((await xmppc.run(['account', 'archive', '--json', juliet])).output), {
		jid: juliet,
		policy: 'always',
	});
});
