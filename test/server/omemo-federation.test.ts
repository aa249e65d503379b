/** OMEMO across Prosody and ejabberd, between people who are not on each other's roster, with python-omemo. */
import test from 'ava';
import {omemoVersions} from '../../source/model/device.js';
import {startFederated} from '../support/federation.js';
import {startOmemoPeer} from '../support/peers/omemo-peer.js';
import {addressOf} from '../support/scripted-session.js';
import {incoming, isPublished, online} from './encrypting.js';

for (const home of ['prosody', 'ejabberd'] as const) {
	for (const version of omemoVersions) {
		const [here, there] = home === 'prosody' ? ['Prosody', 'ejabberd'] : ['ejabberd', 'Prosody'];

		test.serial(`${version}: somebody on ${here} and a stranger on ${there} read each other`, async t => {
			const federated = await startFederated({
				prosodyAccounts: {juliet: 'pencil', romeo: 'pencil'},
				ejabberdAccounts: {juliet: 'pencil', romeo: 'pencil'},
			});
			t.teardown(federated.stop);
			const {prosody, ejabberd} = federated;
			const [hers, his] = home === 'prosody' ? [prosody, ejabberd] : [ejabberd, prosody];
			const juliet = addressOf(`juliet@${hers.domain}`);
			const romeo = addressOf(`romeo@${his.domain}`);
			const peer = await startOmemoPeer(his, 'romeo', 'pencil', [version]);
			t.teardown(peer.stop);
			const person = await online(t, hers, juliet);
			await isPublished(person);

			const {key} = await person.actions.sendMessage({account: juliet, to: romeo, body: 'By whose direction?'});
			t.like(await peer.reads('By whose direction?'), {from: juliet, version});
			t.is(person.storage.messages.get(key)?.encryption, 'omemo');
			await peer.say(juliet, 'By love’s');
			const {message} = await person.saw.until('message.recorded', incoming('By love’s'));
			t.like(message, {encryption: 'omemo', device: peer.device});

			await peer.offline();
			for (const body of ['Hist!', 'Romeo, hist!']) {
				await person.actions.sendMessage({account: juliet, to: romeo, body});
			}

			await person.saw.until('message.changed', () =>
				person.storage.outbox.waiting(juliet).every(row => person.storage.messages.get(row.key)?.state === 'acked'),
			);
			await peer.online();
			await peer.reads('Hist!');
			await peer.reads('Romeo, hist!');
			await peer.say(juliet, 'It is my soul');
			await person.saw.until('message.recorded', incoming('It is my soul'));
			t.is(peer.all().filter(({what}) => what === 'unreadable').length, 0);
		});
	}
}
