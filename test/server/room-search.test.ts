/** Public rooms, searched from the built program in a directory at a real server. */
import test, {type ExecutionContext} from 'ava';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {freePorts, startProsody} from '../support/prosody.js';
import {type DirectoryRoom, directorySettings, startRoomDirectory} from '../support/room-directory.js';
import {keys, type Terminal} from '../support/terminal.js';

const password = 'a secret of verona';
const secret = 'handshake';
const domain = 'search.example.test';
const rooms: readonly DirectoryRoom[] = [
	{
		address: 'garden@rooms.example.test',
		name: 'The garden',
		description: 'Roses of any other name',
		people: 3,
		isOpen: true,
	},
	{address: 'tomb@rooms.example.test', name: 'The tomb', description: 'Roses no more', people: 1, isOpen: false},
	{address: 'market@rooms.example.test', name: 'Market', description: 'Fruit, roses, herbs', people: 120, isOpen: true},
	{address: 'abbey@rooms.example.test', name: 'The abbey', description: 'Herbs and sleep', people: 2, isOpen: true},
];

async function withDirectory(t: ExecutionContext) {
	const [port = 0] = await freePorts(1);
	const server = await startProsody({
		accounts: {juliet: password},
		settings: directorySettings(port, domain, secret),
	});
	t.teardown(() => server.stop());
	const directory = await startRoomDirectory({port, domain, secret}, rooms);
	t.teardown(directory.stop);
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	return {directory, xmppc};
}

/** The screen as one line, without the frame of a popup and what stands beside it. */
const says = (expected: RegExp) => (screen: string) =>
	expected.test(screen.replace(/^\S{0,2}│|│\S?$/gmu, ' ').replace(/[│─\s]+/gu, ' '));

const typing = (terminal: Terminal) => (line: string) => terminal.type(`${line}${keys.enter}`);

test.serial('the directory of the own server is searched, and a room that was found is entered', async t => {
	const {directory, xmppc} = await withDirectory(t);
	const terminal = xmppc.open({columns: 80, rows: 24});
	t.teardown(terminal.stop);
	await terminal.shows('juliet@example.test ●');
	const type = typing(terminal);

	type('/rooms search roses');
	await terminal.shows(/Rooms with “roses”, says search\.example\.test/);
	await terminal.shows(/> Market +120 people[\s\S]*The garden +3 people[\s\S]*The tomb +1 person +closed/);
	t.regex(terminal.text(), /market@rooms\.example\.test – open – Fruit, roses, herbs/);
	terminal.type(keys.down);
	await terminal.shows('garden@rooms.example.test – open – Roses of any other name');
	terminal.type(keys.enter);
	await terminal.shows('2: garden, 1 person, you are juliet');

	type('/rooms search.example.test');
	await terminal.shows(/Rooms of search\.example\.test[\s\S]*The garden +3 people +you are there[\s\S]*The abbey/);
	terminal.type('\u0007');
	type('/rooms search ox');
	await terminal.shows(says(/cannot search for these words: “Search terms must have at least three characters\.” Try/));
	terminal.type('\u0007');
	type('/rooms search mantua');
	await terminal.shows(says(/search\.example\.test knows no such room\. Try fewer/));
	terminal.type('\u0007');
	t.deepEqual(directory.searched, ['roses', '', 'ox', 'mantua']);

	directory.busy(600);
	type('/rooms search roses');
	await terminal.shows(says(/search\.example\.test takes no more searches for now\. Try again in 10 minutes\./));
	terminal.type('\u0007');
	directory.busy(0);
	type('/rooms search sleep');
	await terminal.shows(says(/“sleep”.*takes no more searches for now\. Try again in 10 minutes\./));
	t.is(directory.searched.length, 4);
});

test.serial('the same is told in lines, in whole words too', async t => {
	const {xmppc} = await withDirectory(t);
	for (const mode of ['--plain', '--screen-reader']) {
		const terminal = xmppc.open({columns: 100, rows: 40}, [mode]);
		t.teardown(terminal.stop);
		await terminal.shows(/online/);
		typing(terminal)('/rooms search roses');
		await terminal.shows(
			/market@rooms\.example\.test\W+Market\W+120 people\W+open\W+Fruit, roses, herbs[\s\S]*tomb@rooms\.example\.test\W+The tomb\W+1 person\W+closed\W+Roses no more/,
		);
		typing(terminal)('/rooms search ox');
		await terminal.shows(says(/cannot search for these words: “Search terms must have at least three/));
		typing(terminal)('/quit');
		t.is((await terminal.ended).code, 0);
	}
});

test.serial('where nothing can be searched the next step is told', async t => {
	const server = await startProsody({accounts: {juliet: password}});
	t.teardown(() => server.stop());
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const terminal = xmppc.open({columns: 80, rows: 24});
	t.teardown(terminal.stop);
	await terminal.shows('juliet@example.test ●');
	const type = typing(terminal);
	// The server does not talk to others.
	type('/rooms search roses');
	await terminal.shows(says(/api@search\.jabber\.network refused the request.*\/set rooms\.directory/));
	terminal.type('\u0007');
	type(`/rooms search --service ${server.roomDomain} roses`);
	await terminal.shows(says(/rooms\.example\.test is no directory of rooms/));
	terminal.type('\u0007');
	type('/set rooms.directory ""');
	await terminal.settles(200);
	type('/rooms search roses');
	await terminal.shows(
		says(/ example\.test has no directory of rooms, and rooms\.directory names none\. \/unset rooms\.directory/),
	);
	t.pass();
});
