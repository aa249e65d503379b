/** What the checker sees, and does not take for a fault: the evidence of a good run, and the same with one thing changed. */
import test from 'ava';
import type {ArchiveEntry} from '../support/server-archive.js';
import {check} from './check.js';
import type {Evidence, Owner, Recorded, Restoration, Sent} from './evidence.js';
import {type DeviceName, planOf} from './plan.js';

const authors: Readonly<Record<string, Owner>> = {desk: 'juliet', pocket: 'juliet', romeo: 'romeo'};
const bodies = ['desk 1', 'romeo 1', 'pocket 1', 'romeo 2'];

function entry(body: string, owner: Owner): ArchiveEntry {
	const author = authors[body.split(' ')[0] ?? ''] ?? 'romeo';
	const to = author === 'juliet' ? 'romeo' : 'juliet';
	return {id: `${owner}: ${body}`, from: `${author}@example.test/x`, to: `${to}@example.test`, body};
}

function recorded(body: string, device: DeviceName): Recorded {
	const isOwn = body.startsWith(device);
	const isSent = authors[body.split(' ')[0] ?? ''] === authors[device];
	return {
		body,
		direction: isSent ? 'outgoing' : 'incoming',
		isOwn,
		...(isSent ? {state: 'acked'} : {}),
		...(isOwn ? {} : {archiveId: `${authors[device]}: ${body}`}),
	};
}

const sent = (device: DeviceName, body: string, told: Sent['told'], begun = 9): Sent => {
	return {device, body, told, begun, ended: begun + 1};
};

function goodRun(): Evidence {
	const history = (device: DeviceName) => bodies.map(body => recorded(body, device));
	const receipt: ArchiveEntry = {id: 'receipt', from: 'romeo@example.test/x', to: 'juliet@example.test'};
	return {
		seed: 1,
		hardKills: 0,
		archives: {
			juliet: [...bodies.map(body => entry(body, 'juliet')), receipt],
			romeo: bodies.map(body => entry(body, 'romeo')),
		},
		histories: {desk: history('desk'), pocket: history('pocket'), romeo: history('romeo')},
		positions: {desk: {gaps: []}, pocket: {gaps: []}, romeo: {gaps: []}},
		sent: [
			sent('desk', 'desk 1', 'acked', 1),
			sent('pocket', 'pocket 1', 'committed', 3),
			sent('romeo', 'romeo 1', 'unknown', 5),
			sent('romeo', 'never begun', 'unknown', 7),
		],
		shown: {desk: bodies, pocket: bodies.slice(2), romeo: []},
		remains: [],
		restorations: [],
	};
}

const without = <Item extends {readonly body?: string}>(items: readonly Item[], body: string) =>
	items.filter(item => item.body !== body);
const kinds = (evidence: Evidence) => [...new Set(check(evidence).findings.map(({kind}) => kind))];
const texts = (evidence: Evidence) => check(evidence).findings.map(({text}) => text);

function withHistory(device: DeviceName, change: (history: readonly Recorded[]) => readonly Recorded[]): Evidence {
	const run = goodRun();
	return {...run, histories: {...run.histories, [device]: change(run.histories[device])}};
}

function withArchive(owner: Owner, change: (archive: readonly ArchiveEntry[]) => readonly ArchiveEntry[]): Evidence {
	const run = goodRun();
	return {...run, archives: {...run.archives, [owner]: change(run.archives[owner])}};
}

test('nothing is found in a run without a fault', t => {
	t.deepEqual(check(goodRun()), {findings: [], torn: [], inDoubt: 0, unread: 0});
});

test('what a device lacks is lost, whoever wrote it', t => {
	for (const device of ['desk', 'pocket', 'romeo'] as const) {
		for (const body of bodies) {
			const run = withHistory(device, history => without(history, body));
			t.deepEqual(kinds(run), ['lost']);
			t.true(texts(run).includes(`"${body}" is in the archive, not at ${device}`));
		}
	}
});

test('what is twice at a device, in an archive or among what was shown is doubled', t => {
	const again = recorded('romeo 1', 'desk');
	t.deepEqual(kinds(withHistory('desk', history => [...history, again])), ['doubled']);
	t.true(
		kinds(withArchive('juliet', archive => [...archive, {...entry('desk 1', 'juliet'), id: 'other'}])).includes(
			'doubled',
		),
	);
	const run = goodRun();
	t.deepEqual(kinds({...run, shown: {...run.shown, desk: [...bodies, 'romeo 2']}}), ['doubled']);
});

test('what stands in another order than in the archive is misordered', t => {
	const run = withHistory('pocket', ([first, second, ...rest]) =>
		[second, first, ...rest].filter(each => each !== undefined),
	);
	t.deepEqual(kinds(run), ['misordered']);
	t.deepEqual(texts(run), ['at pocket "desk 1" is behind "romeo 1", which the archive has after it']);
});

test('what was written here may stand before what came only afterwards, and before nothing else', t => {
	const early = withHistory('pocket', history => [recorded('pocket 1', 'pocket'), ...without(history, 'pocket 1')]);
	t.deepEqual(kinds({...early, shown: {...early.shown, pocket: ['pocket 1', 'desk 1', 'romeo 1']}}), []);
	t.deepEqual(kinds({...early, shown: {...early.shown, pocket: ['desk 1', 'pocket 1', 'romeo 1']}}), ['misordered']);
	const late = withHistory('pocket', history => [...without(history, 'pocket 1'), recorded('pocket 1', 'pocket')]);
	t.deepEqual(kinds(late), ['misordered']);
});

test('what is in no archive is lost, unless the person is told so', t => {
	const add = (state: Recorded['state']) =>
		withHistory('desk', history => [...history, {...recorded('desk 2', 'desk'), ...(state && {state})}]);
	for (const state of ['queued', 'written', 'acked', 'delivered'] as const) {
		t.deepEqual(kinds(add(state)), ['lost'], state);
	}

	for (const state of ['uncertain', 'failed'] as const) {
		t.deepEqual(check(add(state)), {findings: [], torn: [], inDoubt: 1, unread: 0}, state);
	}

	t.deepEqual(kinds(withHistory('desk', history => [...history, recorded('romeo 3', 'desk')])), ['lost']);
});

test('what is called doubtful or waits, though the archive has it, is a fault', t => {
	for (const state of ['uncertain', 'failed', 'queued', 'written'] as const) {
		const run = withHistory('desk', history => history.map(each => (each.body === 'desk 1' ? {...each, state} : each)));
		t.deepEqual(texts(run), [`"desk 1" is ${state} at desk, though the archive has it`]);
	}
});

test('what was accepted and is not on record, or acknowledged and in no archive, is lost', t => {
	const run = goodRun();
	const told = (told: 'acked' | 'committed') => texts({...run, sent: [...run.sent, sent('desk', 'desk 9', told)]});
	t.deepEqual(told('committed'), ['"desk 9" was accepted at desk and is not on record there']);
	t.is(told('acked').length, 2);
});

test('a killed server may tear one message for each kill, by the word of its archives, and a living one none', t => {
	const run = goodRun();
	const romeo = {archives: {...run.archives, romeo: without(run.archives.romeo, 'desk 1')}};
	const histories = {...run.histories, romeo: without(run.histories.romeo, 'desk 1')};
	const torn: Evidence = {...run, ...romeo, histories};
	t.deepEqual(kinds(torn), ['lost']);
	t.deepEqual(check({...torn, hardKills: 1}), {findings: [], torn: ['desk 1'], inDoubt: 0, unread: 0});
	const twice = {
		...torn,
		archives: {...torn.archives, romeo: without(torn.archives.romeo, 'pocket 1')},
		histories: {...histories, romeo: without(histories.romeo, 'pocket 1')},
	};
	t.deepEqual(kinds({...twice, hardKills: 1}), ['lost']);
	t.deepEqual(kinds({...twice, hardKills: 2}), []);
	// In the recipient's archive and not shown: that is nobody's fault but the client's.
	t.deepEqual(kinds({...run, histories, hardKills: 1}), ['lost']);
	// It does not come to be with the recipient alone.
	const mine = {archives: {...run.archives, juliet: without(run.archives.juliet, 'desk 1')}, hardKills: 1};
	t.true(texts({...run, ...mine}).some(text => text.includes('is not in the archive of juliet, who sent it')));
});

test('a process that was killed has all up to its head, apart from its gaps', t => {
	const at = (body: string) => ({id: `juliet: ${body}`, at: 0, key: 0});
	const killed = (
		history: readonly string[],
		gaps: NonNullable<Evidence['positions']['desk']>['gaps'] = [],
	): Evidence => ({
		...goodRun(),
		remains: [
			{
				device: 'desk',
				archive: {head: at('pocket 1'), gaps},
				history: history.map(body => recorded(body, 'desk')),
			},
		],
	});
	t.deepEqual(kinds(killed(['desk 1', 'romeo 1', 'pocket 1'])), []);
	t.deepEqual(texts(killed(['desk 1', 'pocket 1'])), [
		'desk was killed when it had passed "romeo 1" and did not have it',
	]);
	const gap = {after: at('desk 1'), before: at('pocket 1'), permanent: false};
	t.deepEqual(kinds(killed(['desk 1', 'pocket 1'], [gap])), []);
	t.deepEqual(kinds(killed(['pocket 1'], [gap])), ['lost']);
	t.deepEqual(kinds(killed(['pocket 1'], [{before: at('pocket 1'), permanent: false}])), []);
	t.deepEqual(kinds(killed(['desk 1', 'romeo 1', 'pocket 1'], [{before: at('nowhere'), permanent: false}])), ['lost']);
});

test('a gap that is left is lost', t => {
	const run = goodRun();
	const gaps = [{before: {id: 'x', at: 0, key: 0}, permanent: false}];
	t.deepEqual(texts({...run, positions: {...run.positions, romeo: {gaps}}}), ['1 gaps are left at romeo']);
});

test('the same seed is the same plan, another one another', t => {
	t.deepEqual(planOf(7), planOf(7));
	t.notDeepEqual(planOf(7).steps, planOf(8).steps);
});

// --- the room

type InRoom = NonNullable<Evidence['room']>;

function inRoom(change: (room: InRoom) => Partial<InRoom> = () => ({})): Evidence {
	const run = goodRun();
	const recordedThere = (body: string, device: DeviceName): Recorded => ({
		...recorded(body, device),
		archiveId: body,
		...(authors[body.split(' ')[0] ?? ''] === authors[device] ? {state: 'delivered'} : {}),
	});
	const history = (device: DeviceName) => bodies.map(body => recordedThere(body, device));
	const room: InRoom = {
		archive: bodies.map(body => ({id: body, from: `den@rooms.example.test/${body}`, to: '', body})),
		histories: {desk: history('desk'), pocket: history('pocket'), romeo: history('romeo')},
		sent: [sent('desk', 'desk 1', 'committed')],
		shown: {desk: bodies, pocket: bodies, romeo: bodies},
	};
	return {...run, room: {...room, ...change(room)}};
}

const deskInRoom = (change: (history: readonly Recorded[]) => readonly Recorded[]) =>
	inRoom(({histories}) => ({histories: {...histories, desk: change(histories.desk)}}));
const stateOfDesk = (state: NonNullable<Recorded['state']>) =>
	deskInRoom(history => history.map(each => (each.body === 'desk 1' ? {...each, state} : each)));

test('nothing is found in a room in which all went well', t => {
	t.deepEqual(kinds(inRoom()), []);
});

test('in a room, what a device lacks is lost, and what it has or was told of twice is doubled', t => {
	t.deepEqual(kinds(deskInRoom(history => without(history, 'romeo 1'))), ['lost']);
	t.deepEqual(kinds(deskInRoom(history => without(history, 'desk 1'))), ['lost']);
	t.true(kinds(deskInRoom(history => [...history, ...history.slice(0, 1)])).includes('doubled'));
	t.true(kinds(inRoom(({archive}) => ({archive: [...archive, ...archive.slice(0, 1)]}))).includes('doubled'));
	t.deepEqual(kinds(inRoom(({shown}) => ({shown: {...shown, desk: [...bodies, 'romeo 1']}}))), ['doubled']);
});

test('in a room, what stands in another order than the room has is misordered', t => {
	t.deepEqual(kinds(inRoom(({archive}) => ({archive: archive.toReversed()}))), ['misordered']);
});

test('in a room, what the room has is delivered, and what it has not is shown as failed', t => {
	for (const state of ['queued', 'written', 'uncertain', 'acked', 'failed'] as const) {
		t.deepEqual(kinds(stateOfDesk(state)), ['lost'], state);
	}

	const added = (state: NonNullable<Recorded['state']>) =>
		deskInRoom(history => [...history, {...recorded('desk 2', 'desk'), state}]);
	t.deepEqual(kinds(added('failed')), []);
	for (const state of ['queued', 'written', 'uncertain', 'acked', 'delivered'] as const) {
		t.deepEqual(kinds(added(state)), ['lost'], state);
	}

	t.deepEqual(kinds({...added('delivered'), hardKills: 1}), []);
});

// --- where people encrypt

const ids = {desk: 1, pocket: 2, romeo: 3};

/** The good run, in which everything was encrypted for everybody, and `romeo 2` was said when all was well. */
function secretRun(change: Partial<Evidence> = {}): Evidence {
	const run = goodRun();
	const sealed = (archive: readonly ArchiveEntry[]) =>
		archive.map(each => (each.body === undefined ? each : {...each, recipients: Object.values(ids)}));
	const read = (history: readonly Recorded[]) => history.map(each => ({...each, encryption: 'read' as const}));
	return {
		...run,
		archives: {juliet: sealed(run.archives.juliet), romeo: sealed(run.archives.romeo)},
		histories: {
			desk: read(run.histories.desk),
			pocket: read(run.histories.pocket),
			romeo: read(run.histories.romeo),
		},
		secrecy: {devices: ids, talk: ['romeo 2']},
		...change,
	};
}

const inClear = (body: string): Evidence => {
	const {archives} = secretRun();
	const opened = archives.juliet.map(({recipients, ...entry}) =>
		entry.body === body || recipients === undefined ? entry : {...entry, recipients},
	);
	return secretRun({archives: {...archives, juliet: opened}});
};

function unreadAtPocket(body: string, recipients: readonly number[] = Object.values(ids)): Evidence {
	const {archives, histories} = secretRun();
	return secretRun({
		archives: {...archives, juliet: archives.juliet.map(each => (each.body === body ? {...each, recipients} : each))},
		histories: {
			...histories,
			pocket: histories.pocket.map(each => (each.body === body ? {...each, encryption: 'unread'} : each)),
		},
	});
}

test('nothing is found where everything was encrypted and read', t => {
	t.deepEqual(check(secretRun()), {findings: [], torn: [], inDoubt: 0, unread: 0});
});

test('what the archive has in clear, and its sender as encrypted, is exposed', t => {
	t.deepEqual(kinds(inClear('desk 1')), ['exposed']);
});

test('what was encrypted for a device that cannot read it is lost; what was not is one line', t => {
	t.deepEqual(kinds(unreadAtPocket('romeo 1')), ['lost']);
	t.deepEqual(kinds(unreadAtPocket('romeo 1', [ids.desk])), []);
});

test('what is said when all is well is encrypted and read by everybody', t => {
	t.deepEqual(kinds(inClear('romeo 2')), ['exposed']);
	t.deepEqual(kinds(unreadAtPocket('romeo 2', [ids.desk])), ['lost']);
});

// --- where an old copy of a database was put back

const former = 9;
const line = (body: string): Recorded => ({...recorded(body, 'desk'), isOwn: false, encryption: 'unread'});

/** A copy was made when `desk 1` had been said, and put back when `romeo 1` and `desk 8` had: nobody ever got `desk 8`. */
function restoredRun(change: Partial<Restoration> = {}): Evidence {
	const run = secretRun();
	const [first, second, ...later] = run.histories.desk;
	const forgotten: Recorded[] = [
		{...recorded('romeo 1', 'desk'), encryption: 'read'},
		{...recorded('desk 8', 'desk'), state: 'queued'},
	];
	const restoration: Restoration = {
		device: 'desk',
		former,
		written: ['desk 1', 'desk 8'],
		copy: first === undefined ? [] : [first],
		forgotten,
		forgottenInRoom: [],
		...change,
	};
	const forFormer = (archive: readonly ArchiveEntry[]) =>
		archive.map(each => (each.body === 'romeo 1' ? {...each, recipients: [former, ids.pocket]} : each));
	return {
		...run,
		archives: {juliet: forFormer(run.archives.juliet), romeo: forFormer(run.archives.romeo)},
		histories: {
			...run.histories,
			desk: [first, second && line(second.body), ...later].filter(each => each !== undefined),
		},
		sent: [...run.sent, sent('desk', 'desk 8', 'committed')],
		restorations: [restoration],
	};
}

test('what was for the device from before the copy is one line, and what was on its way may be gone', t => {
	t.deepEqual(check(restoredRun()), {findings: [], torn: [], inDoubt: 0, unread: 1});
});

test('what came back in no form is lost, and what came back twice is doubled', t => {
	const run = restoredRun();
	const atDesk = (desk: readonly Recorded[]) => kinds({...run, histories: {...run.histories, desk}});
	t.deepEqual(atDesk(without(run.histories.desk, 'romeo 1')), ['lost']);
	t.deepEqual(atDesk([...run.histories.desk, line('romeo 1')]), ['doubled']);
});

test('what was accepted and neither in the copy nor on record when it was put back is lost', t => {
	t.deepEqual(texts(restoredRun({forgotten: []})), ['"desk 8" was accepted at desk and is not on record there']);
});

test('what the server was said to have when the copy was put back is not gone', t => {
	for (const state of ['acked', 'delivered'] as const) {
		const forgotten = [{...recorded('desk 8', 'desk'), state}];
		t.deepEqual(texts(restoredRun({forgotten})), [
			`"desk 8" was ${state} at desk when the copy was put back, and is gone`,
		]);
	}
});

test('what the copy can read stays so', t => {
	const copy = [{...recorded('romeo 1', 'desk'), encryption: 'read' as const}];
	t.deepEqual(texts(restoredRun({copy})), ['"romeo 1" is in the copy for desk, and no longer there as it was']);
});

// --- what the server sees

/** A legacy message of a device for one other, with a key of its chain, and anything else in it. */
function stanza(sender: number, counter: number, content: string, more = ''): string {
	const message = Buffer.from([
		...[0x33, 0x0a, 33, 5, ...Array.from({length: 32}, () => 7)],
		...[0x10, counter, 0x18, 0, 0x22, 16, ...Buffer.from(content.padEnd(16))],
		...Array.from({length: 8}, () => 1),
	]).toString('base64');
	const key = `<key rid='${ids.pocket}'>${message}</key><iv>AAAAAAAAAAAAAAAA</iv>`;
	const header = `<header sid='${sender}'>${key}</header><payload>AAAA</payload>`;
	return `<message xmlns='jabber:client'><encrypted xmlns='eu.siacs.conversations.axolotl'>${header}</encrypted>${more}</message>`;
}

function withStanza(body: string, text: string, run: Evidence = secretRun()): Evidence {
	const change = (archive: readonly ArchiveEntry[]) =>
		archive.map(each => (each.body === body ? {...each, stanza: text} : each));
	return {...run, archives: {juliet: change(run.archives.juliet), romeo: change(run.archives.romeo)}};
}

test('a key of a chain that two messages were encrypted with is exposed', t => {
	const first = withStanza('desk 1', stanza(1, 4, 'abc'));
	t.deepEqual(kinds(withStanza('pocket 1', stanza(1, 5, 'def'), first)), []);
	t.deepEqual(kinds(withStanza('pocket 1', stanza(3, 4, 'def'), first)), []);
	const again = withStanza('pocket 1', stanza(1, 4, 'def'), first);
	t.deepEqual(kinds(again), ['exposed']);
	t.regex(texts(again)[0] ?? '', /"pocket 1" uses a message key twice/);
});

test('what comes from a device after it was put back is exposed, what came before is not', t => {
	const late = withStanza('desk 1', stanza(former, 4, 'abc'), restoredRun({written: []}));
	t.regex(texts(late)[0] ?? '', /"desk 1" is of desk as it came out of the copy/);
	t.deepEqual(kinds(withStanza('desk 1', stanza(former, 4, 'abc'), restoredRun())), []);
});

test('words beside what is encrypted are exposed', t => {
	const run = withStanza('desk 1', stanza(1, 4, 'abc', '<body>desk 1</body>'));
	t.deepEqual(kinds(run), ['exposed']);
});

test('what is written in clear after something was encrypted is exposed, what was begun before is not', t => {
	const run = inClear('pocket 1');
	const histories = {
		...run.histories,
		pocket: run.histories.pocket.map(({encryption, ...each}) =>
			each.body === 'pocket 1' || encryption === undefined ? each : {...each, encryption},
		),
	};
	const [before, after] = [sent('pocket', 'pocket 0', 'acked', 1), sent('pocket', 'pocket 0', 'acked', 20)];
	const sealed = {...entry('pocket 0', 'romeo'), recipients: Object.values(ids)};
	const archives = {...run.archives, romeo: [...run.archives.romeo, sealed]};
	const found = (first: Sent) =>
		texts({...run, archives, histories, sent: [first, sent('pocket', 'pocket 1', 'acked', 5)]});
	const wanted = '"pocket 1" of pocket is in clear, in a conversation that was encrypted';
	t.true(found(before).includes(wanted));
	t.false(found(after).includes(wanted));
});

test('what is encrypted, and nobody knows what it says, is lost', t => {
	const run = secretRun();
	const unknown: ArchiveEntry = {id: 'x', from: 'romeo@example.test/x', to: '', stanza: stanza(3, 9, 'abc')};
	const archives = {...run.archives, juliet: [...run.archives.juliet, unknown]};
	t.deepEqual(texts({...run, archives}), ['nobody knows what the encrypted message x says']);
});
