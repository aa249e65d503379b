import test from 'ava';
import {goListen, goSend} from '../support/go-sendxmpp.js';
import {startProfanity} from '../support/profanity.js';
import {startProsody} from '../support/prosody.js';

test('the clients of other people that the tests use talk to each other', async t => {
	const server = await startProsody({
		accounts: {juliet: 'balcony', romeo: 'orchard'},
		rosters: {juliet: [{jid: 'romeo@example.test'}], romeo: [{jid: 'juliet@example.test'}]},
	});
	t.teardown(() => server.stop());
	const romeo = await goListen(server, {localpart: 'romeo', password: 'orchard'});
	t.teardown(() => romeo.stop());
	const juliet = await startProfanity(server, {localpart: 'juliet', password: 'balcony'});
	t.teardown(() => juliet.stop());

	await juliet.enter('/msg romeo@example.test good night');
	await romeo.hears('juliet@example.test: good night');
	await goSend(
		server,
		{localpart: 'romeo', password: 'orchard'},
		{to: 'juliet@example.test', text: 'sleep dwell upon thine eyes'},
		{directTls: true},
	);
	await juliet.shows('sleep dwell upon thine eyes');
	t.true(await juliet.alive());
});
