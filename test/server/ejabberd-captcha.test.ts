/** Rooms that ask something before they let anybody in (XEP-0158), as ejabberd does. */
import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {pixel} from '../support/captcha.js';
import {type Ejabberd, startEjabberd} from '../support/ejabberd.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {addressOf} from '../support/scripted-session.js';
import {keys} from '../support/terminal.js';

type Asking = {
	readonly server: Ejabberd;
	/** Romeo's; whoever else enters it is asked. */
	readonly room: BareJid;
	/** What stands in the picture that was made last. */
	text(): string;
	readonly romeo: Person;
};

type Person = Client & {readonly saw: Recorder; readonly jid: BareJid};

/** A server whose pictures all show the same, and that writes down what they should show. */
async function asking(t: ExecutionContext): Promise<Asking> {
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-captcha-'));
	t.teardown(() => rmSync(directory, {recursive: true, force: true}));
	const script = path.join(directory, 'captcha.sh');
	const texts = path.join(directory, 'texts');
	const picture = path.join(directory, 'pixel.png');
	writeFileSync(picture, pixel);
	writeFileSync(texts, '');
	writeFileSync(script, `#!/bin/sh\necho "$1" >> '${texts}'\ncat '${picture}'\n`);
	// The server runs as another user.
	chmodSync(directory, 0o755);
	chmodSync(picture, 0o644);
	chmodSync(texts, 0o666);
	chmodSync(script, 0o755);
	const server = await startEjabberd({
		accounts: {juliet: 'pencil', romeo: 'pencil'},
		settings: {captcha_cmd: script, captcha_limit: 100},
		modules: {
			mod_muc: {host: 'rooms.ejabberd.test', default_room_options: {mam: true, captcha_protected: true}},
		},
	});
	t.teardown(() => server.stop());
	const room = `orchard@${server.roomDomain}` as BareJid;
	const romeo = await person(t, server, 'romeo');
	t.true((await romeo.actions.joinRoom({account: romeo.jid, room})).created);
	return {server, room, romeo, text: () => readFileSync(texts, 'utf8').trim().split('\n').at(-1) ?? ''};
}

async function person(t: ExecutionContext, server: Ejabberd, localpart: string): Promise<Person> {
	const jid = addressOf(`${localpart}@${server.domain}`);
	const profile = await profileWith(t, [{jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile}]);
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	const saw = record(client.events);
	await client.actions.connect({account: jid});
	await saw.until('account.changed', ({account}) => account.status === 'online');
	return {...client, jid, saw};
}

/** Juliet has asked to be let in, and was asked something. */
async function asked(
	t: ExecutionContext,
	it: Asking,
): Promise<Person & {readonly place: {account: BareJid; room: BareJid}}> {
	const juliet = await person(t, it.server, 'juliet');
	const place = {account: juliet.jid, room: it.room};
	await t.throwsAsync(juliet.actions.joinRoom(place), {code: 'room-captcha'});
	return {...juliet, place};
}

test.serial('who answers what ejabberd asks is let in', async t => {
	const it = await asking(t);
	const juliet = await asked(t, it);
	const {form, url, text, pictures} = await juliet.actions.roomChallenge(juliet.place);
	t.deepEqual(
		form.fields.map(({name, required}) => [name, required]),
		[['ocr', true]],
	);
	t.regex(url ?? '', /^https?:\/\/.*\/captcha\/\d+$/);
	t.true(text?.includes(url ?? '?'));
	t.deepEqual(pictures, [{format: 'PNG', size: pixel.length, width: 1, height: 1}]);
	const {path: file} = await juliet.actions.saveChallengePicture({...juliet.place, picture: 0});
	t.deepEqual(readFileSync(file), pixel);

	await juliet.actions.answerRoomChallenge({...juliet.place, answers: {ocr: [it.text()]}});
	t.is(juliet.saw.all('room.changed').at(-1)?.room.status, 'joined');
	await juliet.actions.sendMessage({account: juliet.jid, to: it.room, body: 'Good even', kind: 'groupchat'});
	await it.romeo.saw.until('message.recorded', ({message}) => message.body === 'Good even');
	t.deepEqual(
		juliet.saw.all('message.recorded').map(({message}) => message.body),
		['Good even'],
	);
});

test.serial('who answers wrongly is refused by ejabberd, and is asked anew the next time', async t => {
	const it = await asking(t);
	const juliet = await asked(t, it);
	await t.throwsAsync(juliet.actions.answerRoomChallenge({...juliet.place, answers: {ocr: ['wrong']}}), {
		code: 'captcha-failed',
	});
	t.is(juliet.saw.all('room.changed').at(-1)?.room.status, 'refused');
	await t.throwsAsync(juliet.actions.joinRoom(juliet.place), {code: 'room-captcha'});
	await juliet.actions.answerRoomChallenge({...juliet.place, answers: {ocr: [it.text()]}});
	t.is(juliet.saw.all('room.changed').at(-1)?.room.status, 'joined');
});

test.serial('who answers on the page that ejabberd names is let in as well', async t => {
	const it = await asking(t);
	const juliet = await asked(t, it);
	const {url = ''} = await juliet.actions.roomChallenge(juliet.place);
	const {pathname} = new URL(url);
	const id = pathname.split('/').at(-1) ?? '';
	await fetch(`http://127.0.0.1:${it.server.httpPort}${pathname}`, {
		method: 'POST',
		body: new URLSearchParams({id, key: it.text()}),
	});
	await juliet.saw.until('room.changed', ({room}) => room.jid === it.room && room.status === 'joined');
	t.is(juliet.saw.all('room.changed').at(-1)?.room.challenged, undefined);
});

test.serial('who does not answer ejabberd stays outside, and may ask again', async t => {
	const it = await asking(t);
	const juliet = await asked(t, it);
	await juliet.actions.declineRoomChallenge(juliet.place);
	t.is(juliet.saw.all('room.changed').at(-1)?.room.status, 'refused');
	await t.throwsAsync(juliet.actions.joinRoom(juliet.place), {code: 'room-captcha'});
});

test.serial('on a screen the form is answered, and a one-liner says what to do', async t => {
	const it = await asking(t);
	const xmppc = await makeXmppcAccount(it.server, 'juliet', 'pencil', {directTls: true});
	t.teardown(xmppc.remove);
	const refused = await xmppc.run(['send', '--room', it.room], 'Good even');
	t.is(refused.status, 77);
	t.regex(refused.errors, /Nothing was sent: .* asks something before it lets you in\. .*http.*\/captcha\/\d+/);
	t.regex(refused.errors, /Start xmppc, answer with \/join/);

	const terminal = xmppc.open({columns: 100});
	t.teardown(terminal.stop);
	await terminal.shows(`juliet@${it.server.domain} ●`);
	terminal.type(`/join ${it.room}${keys.enter}`);
	await terminal.shows('Picture in the stanza (PNG, 1x1');
	terminal.type(`${it.text()}${keys.enter}${keys.enter}`);
	await terminal.shows('2 people');
	const sent = await xmppc.run(['send', '--room', it.room], 'Good even');
	t.deepEqual(sent, {status: 0, output: '', errors: ''});
});
