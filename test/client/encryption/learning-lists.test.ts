import test, {type ExecutionContext} from 'ava';
import {createDeviceLists} from '../../../source/client/encryption/device-lists.js';
import type {OmemoVersion} from '../../../source/model/device.js';
import {createDeviceBook} from '../../../source/omemo/device-book.js';
import type {DeviceNodes} from '../../../source/omemo/device-nodes.js';
import type {ListedDevice} from '../../../source/omemo/wire/device-list.js';
import {StanzaError} from '../../../source/xmpp/stanza-error.js';
import {stoppedClock, temporaryStorage} from '../../storage/temporary-profile.js';
import {addressOf} from '../../support/scripted-session.js';

const juliet = addressOf('juliet@example.org');
const romeo = addressOf('romeo@example.net');

type Answer = readonly ListedDevice[] | 'forbidden' | 'item-not-found';

/** What she finds out about his devices, where the servers answer so. `isContact`: she sees his presence. */
async function learning(t: ExecutionContext, answers: Readonly<Record<OmemoVersion, Answer>>, isContact = false) {
	const {omemo: store} = await temporaryStorage(t);
	const nodes: Pick<DeviceNodes, 'fetchList'> = {
		async fetchList(_owner, version) {
			const answer = answers[version];
			if (typeof answer === 'string') {
				throw new StanzaError({condition: answer, type: 'auth'}, romeo);
			}

			return answer;
		},
	};
	const book = createDeviceBook({
		account: juliet,
		store,
		now: () => 0,
		mode: () => 'blind-before-verification',
		changed() {},
		seen() {},
		keyLearned() {},
	});
	const lists = createDeviceLists({
		account: juliet,
		book,
		nodes: () => nodes,
		ownDevice: () => undefined,
		commit: work => work(),
		vouched: () => undefined,
		added() {},
		cut() {},
		learned() {},
		clock: stoppedClock,
		seesPresence: () => isContact,
	});
	const problem = await lists.learn(romeo);
	return {problem, areKnown: lists.areKnown(romeo), devices: book.of(romeo).map(({id}) => id)};
}

test('a list that is hidden does not matter where the other one names devices', async t => {
	t.deepEqual(await learning(t, {legacy: [{id: 31415}], omemo2: 'forbidden'}), {
		problem: undefined,
		areKnown: true,
		devices: [31415],
	});
	t.deepEqual(await learning(t, {legacy: 'forbidden', omemo2: [{id: 27183}]}), {
		problem: undefined,
		areKnown: true,
		devices: [27183],
	});
});

test('where nothing but a hidden list may name devices, that is a problem, which a contact can solve', async t => {
	for (const legacy of ['forbidden', 'item-not-found', []] as const) {
		for (const isContact of [true, false]) {
			const {problem, areKnown} = await learning(t, {legacy, omemo2: 'forbidden'}, isContact);
			t.is(problem?.code, 'devices-hidden');
			t.is(areKnown, !isContact);
		}
	}
});

test('who has no lists has no devices', async t => {
	t.deepEqual(await learning(t, {legacy: 'item-not-found', omemo2: 'item-not-found'}), {
		problem: undefined,
		areKnown: true,
		devices: [],
	});
});
