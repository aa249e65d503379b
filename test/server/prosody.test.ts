import {existsSync} from 'node:fs';
import {connect as connectTls} from 'node:tls';
import test from 'ava';
import {startProsody} from '../support/prosody.js';

test('a private Prosody proves its domain on the direct TLS port, and leaves nothing behind', async t => {
	const server = await startProsody({accounts: {juliet: 'secret'}});
	t.teardown(() => server.stop());

	const fingerprint = await new Promise<string>((resolve, reject) => {
		const socket = connectTls(
			{
				host: '127.0.0.1',
				port: server.tlsPort,
				ca: server.caPem,
				servername: server.domain,
				ALPNProtocols: ['xmpp-client'],
			},
			() => {
				const {fingerprint256} = socket.getPeerCertificate();
				socket.destroy();
				resolve(fingerprint256.replaceAll(':', '').toLowerCase());
			},
		);
		socket.once('error', reject);
	});
	t.is(fingerprint, server.fingerprint);

	await server.stop();
	t.false(existsSync(server.directory));
});

test('a restarted Prosody listens on the same ports with the same accounts', async t => {
	const server = await startProsody();
	t.teardown(() => server.stop());
	server.registerAccount('romeo', 'secret');
	await server.halt('hard');
	await t.notThrowsAsync(server.start());
	await t.notThrowsAsync(server.restart());
	t.true(existsSync(`${server.directory}/data/example%2etest/accounts/romeo.dat`));
});
