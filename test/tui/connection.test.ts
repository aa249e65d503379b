/** What the person sees of a connection that is not there: why, until when, and what to do. */
import test from 'ava';
import type {Account} from '../../source/model/account.js';
import type {Problem} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {initialView} from '../../source/tui/app/view-state.js';
import {accountTroubleText, durationText} from '../../source/tui/panes/account-words.js';
import {account, buffer, contact, evening, golden, paint, romeo, stateAfter, withRomeo} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const lost: Problem = {
	code: 'connection-lost',
	kind: 'unavailable',
	message: 'The connection to the server of example.org was lost.',
};
const refused: Problem = {...lost, code: 'connection-refused', message: 'Nothing answers at example.org port 5222.'};
const people = {accounts: [account()], contacts: [contact(romeo)], buffers: [buffer(romeo)], active: withRomeo};

const become = async (typist: Typist, ...changes: ReadonlyArray<Partial<Account>>) => {
	for (const change of changes) {
		typist.backend.emit({type: 'account.changed', account: account(change)});
	}

	await typist.settle();
};

/** What the settling of {@link become} takes of the clock. */
const settling = 300;
const interrupted = (typist: Typist, seconds: number, problem = lost): Partial<Account> => ({
	status: 'interrupted',
	problem,
	retryAt: typist.clock.now() + seconds * 1000,
});

const bar = (typist: Typist) => typist.row(22);

test('a lost connection is counted down to the next attempt, with what shortens the wait', async t => {
	const typist = await createTypist(people);
	await become(typist, interrupted(typist, 12));
	t.regex(bar(typist), /^ juliet@example\.org ○ reconnecting in 12 s \(now: \/reconnect\)/);
	typist.clock.advance(1000 - settling);
	t.regex(bar(typist), /reconnecting in 11 s/);
	typist.clock.advance(9999);
	t.regex(bar(typist), /reconnecting in 2 s/);
	typist.clock.advance(1);
	t.regex(bar(typist), /reconnecting in 1 s/);
	typist.clock.advance(1000);
	t.regex(bar(typist), /reconnecting…/);
});

test('the attempt under way says so, and its end stands in the bar', async t => {
	const typist = await createTypist(people);
	await become(typist, interrupted(typist, 1), {status: 'connecting', problem: lost});
	t.regex(bar(typist), /○ reconnecting…/);
	await become(typist, interrupted(typist, 125, refused));
	t.regex(bar(typist), /○ reconnecting in 2 min 5 s/);
	await become(typist, {status: 'connecting', problem: refused}, {status: 'online'});
	t.regex(bar(typist), /● online/);
});

test('an account that was never online has not lost its connection', async t => {
	const typist = await createTypist({...people, accounts: [account({status: 'offline'})]});
	await become(typist, {status: 'connecting'});
	t.regex(bar(typist), /○ connecting…/);
	await become(typist, interrupted(typist, 4, refused));
	t.regex(bar(typist), /○ trying again in 4 s/);
	await become(typist, {status: 'connecting', problem: refused});
	t.regex(bar(typist), /○ trying again…/);
});

test('one that a person takes offline has not lost it either', async t => {
	const typist = await createTypist(people);
	await become(typist, interrupted(typist, 4), {status: 'offline'}, {status: 'connecting'});
	t.regex(bar(typist), /○ connecting…/);
});

test('the screen is painted once a second while there is something to count, and never else', async t => {
	const typist = await createTypist(people);
	typist.clock.advance(60_000);
	const before = typist.clock.pending;
	await become(typist, interrupted(typist, 300));
	typist.painted();
	typist.clock.advance(10_000);
	t.is(typist.painted().filter(id => id === 'status').length, 10);
	await become(typist, {status: 'online'});
	typist.painted();
	typist.clock.advance(60_000);
	t.deepEqual(typist.painted(), []);
	t.is(typist.clock.pending, before);
});

test('a key between two seconds paints the input only', async t => {
	const typist = await createTypist(people);
	await become(typist, interrupted(typist, 300));
	typist.painted();
	typist.app.input({type: 'key', key: 'x', text: 'x', ctrl: false, alt: false, shift: false});
	t.deepEqual(typist.painted(), ['composer']);
});

test('a clock that was set back does not promise an attempt next year', async t => {
	const typist = await createTypist(people);
	await become(typist, interrupted(typist, 365 * 24 * 3600));
	t.regex(bar(typist), /○ reconnecting…/);
});

test('nothing is counted once the screen is gone', async t => {
	const typist = await createTypist(people);
	await become(typist, interrupted(typist, 300));
	typist.app.close();
	typist.painted();
	typist.clock.advance(5000);
	t.deepEqual(typist.painted(), []);
});

test('every account that is in trouble is named in the bar and in the list, and what with', t => {
	const at = (jid: string, more: Partial<Account>) => account({jid: jid as BareJid, ...more});
	const failed = (jid: string, code: string) => at(jid, {status: 'failed', problem: {...lost, code}});
	const accounts = [
		account(),
		at('nurse@example.org', {status: 'interrupted', problem: refused, retryAt: evening + 95_000}),
		failed('tybalt@example.org', 'wrong-password'),
		failed('paris@example.org', 'stream-conflict'),
		at('old@example.org', {status: 'locked'}),
		at('off@example.org', {status: 'offline'}),
	];
	const state = stateAfter(...accounts.map(each => ({type: 'account.changed', account: each}) as const));
	for (const [columns, rows] of [
		[80, 24],
		[200, 50],
	] as const) {
		const {text} = paint(state, {...initialView, now: evening}, columns, rows);
		t.is(text, golden(`accounts-in-trouble-${columns}x${rows}`, text));
	}
});

test('a next step that has no room in the bar is told elsewhere', async t => {
	const typist = await createTypist(people);
	const hint = 'Is the address right, and was the password changed? Set the account up anew.';
	await become(typist, {status: 'failed', problem: {...lost, code: 'wrong-password', hint}});
	t.regex(bar(typist), /○ wrong password: \/account says more\./);
	await typist.type(`/account${press.enter}`);
	t.regex((typist.popup() ?? '').replaceAll(/\s+/gu, ' '), /Is the address right, and was the password changed\?/);
});

test('the lists of accounts and contacts say it in words', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await become(typist, interrupted(typist, 12));
	await typist.type(`/account${press.enter}`);
	t.regex(typist.popup() ?? '', /connection lost, reconnecting…[\s\S]*\/reconnect tries now\./);
});

test('a login that somebody may be in the middle of is called unsafe', t => {
	for (const code of ['server-not-authentic', 'offer-contradictory', 'binding-refused', 'plain-refused']) {
		t.is(accountTroubleText(account({status: 'failed', problem: {...lost, code}}), 0), 'login not safe');
	}
});

test('a time is told in minutes and seconds', t => {
	t.deepEqual([1, 59, 60, 61, 300].map(durationText), ['1 s', '59 s', '1 min', '1 min 1 s', '5 min']);
});
