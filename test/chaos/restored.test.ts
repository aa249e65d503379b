/** An old copy of a database comes back: its device may be in use elsewhere, and is not used any more. */
import test, {type ExecutionContext} from 'ava';
import {type Calm, calmStage} from './calm.js';
import {type Machine, messagesWith, type Sabotage} from './machine.js';
import {renew} from './monkey.js';

/** Both have talked; then juliet gets a database back that is older than her last start, and what she said since is lost to it. */
async function restored(t: ExecutionContext, sabotage: Sabotage = {}): Promise<Calm> {
	const it = await calmStage({sabotage});
	t.teardown(it.clear);
	const {timeline, desktop, orchard, say} = it;
	await timeline.runUntil(5000);
	await say(desktop);
	await say(orchard);
	await say(desktop);
	desktop.backUp();
	desktop.kill();
	await timeline.runUntil(timeline.now + 1000);
	await say(desktop);
	await say(desktop);
	t.is(desktop.backup, 'old');
	desktop.restore();
	await timeline.runUntil(timeline.now + 5000);
	return it;
}

/** The last message of a conversation, and whether it waits to be encrypted. */
function last(machine: Machine) {
	return machine.inspect(storage => {
		const [peer] = machine.house.peers;
		const message = messagesWith(machine, storage, peer).at(-1);
		const row = storage.outbox.waiting(machine.house.account).find(({key}) => key === message?.key);
		return {body: message?.body, state: message?.state, seal: row?.seal, encryption: message?.encryption};
	});
}

const idOf = ({inspect, house}: Machine) => inspect(({omemo}) => omemo.ownDeviceId(house.account));

test('a device that came back with an old database encrypts nothing and says so, and what is written waits', async t => {
	const {desktop, say, findings} = await restored(t);
	t.true(desktop.isInDoubt());
	const number = await say(desktop);
	t.like(last(desktop), {body: `${number} – ☕`, state: 'queued', seal: 'require', encryption: undefined});
	t.true(desktop.obstacles.includes('device-in-doubt'));
	t.deepEqual(
		findings([]).filter(({kind}) => kind === 'exposed'),
		[],
	);
});

test('it is read by nobody else meanwhile: neither its keys nor its place on the list are offered again', async t => {
	const {desktop, orchard, timeline, say, findings} = await restored(t);
	// A session that begins anew takes one of its prekeys.
	orchard.ask(({actions}) => actions.resetSessions({account: orchard.house.account, owner: desktop.house.account}));
	await say(orchard);
	await say(orchard);
	desktop.ask(async ({actions}) => {
		await actions.disconnect({account: desktop.house.account});
		await actions.connect({account: desktop.house.account});
	});
	await timeline.runUntil(timeline.now + 20_000);
	t.deepEqual(findings([]), []);
});

test('with a new device of the same identity it goes on, and what waited goes out', async t => {
	const {desktop, orchard, timeline, say, findings} = await restored(t);
	const former = idOf(desktop);
	const waiting = await say(desktop);
	renew(desktop, timeline);
	await timeline.runUntil(timeline.now + 10_000);
	t.not(idOf(desktop), former);
	t.false(desktop.isInDoubt());
	const talk = [waiting, await say(desktop), await say(orchard)];
	t.deepEqual(findings(talk), []);

	const keys = orchard.inspect(({omemo}) =>
		omemo
			.devices(orchard.house.account, desktop.house.account)
			.filter(({id}) => id === former || id === idOf(desktop))
			.map(({fingerprint}) => fingerprint),
	);
	t.is(keys.length, 2);
	t.is(new Set(keys).size, 1);

	// And so it stays: the next start finds the database where it was left.
	desktop.kill();
	await timeline.runUntil(timeline.now + 1000);
	t.deepEqual(findings([await say(desktop), await say(orchard)]), []);
});

for (const when of ['before', 'after'] as const) {
	test(`whichever commit dies ${when} while the new device is made, there is one that is not in doubt in the end`, async t => {
		for (let number = 1; number <= 12; number++) {
			const it = await restored(t);
			const {desktop, orchard, timeline, say, findings} = it;
			desktop.life?.endAtCommit(number, when);
			renew(desktop, timeline);
			await timeline.runUntil(timeline.now + 10_000);
			desktop.start();
			desktop.life?.endAtCommit(Number.POSITIVE_INFINITY, when);
			await timeline.runUntil(timeline.now + 10_000);
			if (desktop.isInDoubt()) {
				renew(desktop, timeline);
				await timeline.runUntil(timeline.now + 10_000);
			}

			t.deepEqual(findings([await say(desktop), await say(orchard)]), [], `commit ${number}`);
		}
	});
}

// --- the check can fail

test('a client that does not look whether its database is an old copy is noticed', async t => {
	const {desktop, say, findings} = await restored(t, {
		storage: storage => {
			const begin = () => {
				storage.epoch.begin();
				return 'same' as const;
			};
			return {...storage, epoch: {...storage.epoch, begin}};
		},
	});
	await say(desktop);
	const exposed = findings([]).filter(({kind}) => kind === 'exposed');
	t.true(exposed.some(({text}) => text.includes('which is in doubt')));
	t.true(exposed.some(({text}) => text.includes('uses a message key twice')));
});
