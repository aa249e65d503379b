import test from 'ava';
import {omemoVersions} from '../../source/model/device.js';
import {createEncryption} from '../../source/omemo/encryption.js';
import {bundleOf, createDevice} from '../../source/omemo/ratchet/device-keys.js';
import {startSession} from '../../source/omemo/ratchet/start-session.js';
import type {Sessions} from '../../source/omemo/sessions.js';
import {encryptedCodecs} from '../../source/omemo/wire/encrypted.js';
import {addressOf} from '../support/scripted-session.js';
import {seededRandom} from './ratchet/support.js';

const juliet = addressOf('juliet@example.org');
const romeo = addressOf('romeo@example.net');

for (const version of omemoVersions) {
	test(`${version}: an empty message has the header that its version asks for, and no payload`, t => {
		const random = seededRandom(version);
		const bundle = bundleOf(createDevice(random), version);
		const started = startSession({device: createDevice(random), profile: version, bundle, random, session: undefined});
		const sessions: Sessions = {load: () => (started.ok ? started.session : undefined), save() {}};
		const encryption = createEncryption({account: juliet, ownDevice: () => 27183, sessions, random, now: () => 0});

		const stanza = encryption.empty({owner: romeo, device: 31415, version}, 'empty');
		const found = stanza && encryptedCodecs[version].find(stanza);
		t.like(found, {sender: 27183, payload: undefined});
		t.is(found?.keys[0]?.device, 31415);
		// XEP-0384 0.3.0 has an <iv/> in every header, and readers that check it by its schema refuse one without.
		t.is(found?.iv?.length, version === 'legacy' ? 12 : undefined);
	});
}
