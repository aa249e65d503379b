/** What `xmppc send --room` tells somebody who has a shell, and no command of the screen. */
import test from 'ava';
import {createOutput} from '../../source/cli/output.js';
import {inShellWords} from '../../source/cli/shell-hints.js';
import {notConnected} from '../../source/client/account-problems.js';
import {
	encryptionLocked,
	nobodyUsable,
	readByOthers,
	undecidedDevices,
	withoutDevices,
} from '../../source/client/encryption/encryption-problems.js';

import {noSuchRoom} from '../../source/client/one-shot-rooms.js';
import {entryRefused} from '../../source/extensions/muc-refusals.js';
import type {Device} from '../../source/model/device.js';
import {type Problem, problemOf} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {StanzaErrorCondition} from '../../source/xmpp/stanza-error.js';

const den = 'den@rooms.example.org' as BareJid;
const cave = 'cave@rooms.example.org' as BareJid;

function printed(problem: Problem, json = false): string {
	let said = '';
	createOutput(
		json,
		() => {},
		text => {
			said += text;
		},
	).problem(problem);
	return said;
}

const refusedWith = (condition: StanzaErrorCondition, newAddress?: BareJid) =>
	problemOf(
		entryRefused(
			{condition, type: 'cancel', ...(newAddress === undefined ? {} : {newAddress})},
			{room: den, nick: 'juliet', hasPassword: false},
		),
	);

const conditions: readonly StanzaErrorCondition[] = [
	'conflict',
	'forbidden',
	'gone',
	'item-not-found',
	'jid-malformed',
	'not-acceptable',
	'not-allowed',
	'not-authorized',
	'redirect',
	'registration-required',
	'remote-server-not-found',
	'remote-server-timeout',
	'service-unavailable',
];

const slashCommand = /(^|[\s(])\/[a-z]/;

for (const condition of conditions) {
	test(`a room that refuses with ${condition} leaves a shell with no command of the screen`, t => {
		t.notRegex(printed(refusedWith(condition)), slashCommand);
		t.notRegex(printed(refusedWith(condition, cave), true), slashCommand);
	});
}

test('no more do a room that is not there and an account that is not connected', t => {
	t.notRegex(printed(noSuchRoom(den)), slashCommand);
	t.notRegex(printed(problemOf(notConnected('juliet@example.org' as BareJid))), slashCommand);
});

test('a name that is taken and a password that is wanted name the option that gives another one', t => {
	t.regex(printed(refusedWith('conflict')), /--nick/);
	t.regex(printed(refusedWith('not-acceptable')), /--nick/);
	t.regex(printed(refusedWith('jid-malformed')), /--nick/);
	t.regex(printed(refusedWith('not-authorized')), /--password/);
});

test('a room that has moved is told with where to', t => {
	t.regex(printed(refusedWith('gone', cave)), /goes on in cave@rooms\.example\.org/);
});

const juliet = 'juliet@example.org' as BareJid;
const romeo = 'romeo@example.net' as BareJid;
const device: Device = {
	account: juliet,
	owner: romeo,
	id: 7,
	trust: 'undecided',
	active: true,
	versions: ['legacy'],
	firstSeen: 0,
};
const aboutEncryption: readonly Problem[] = [
	undecidedDevices(juliet, [device]),
	undecidedDevices(juliet, [{...device, owner: juliet}]),
	nobodyUsable(
		[romeo],
		() => undefined,
		() => [device],
	),
	withoutDevices([romeo], juliet),
	encryptionLocked(juliet),
	readByOthers('Anybody may enter this room.'),
];

for (const problem of aboutEncryption) {
	test(`in a shell, what helps where ${problem.message} is a command of the shell`, t => {
		t.notRegex(printed(problem), slashCommand);
		t.regex(printed(problem), /xmppc (omemo|send)/);
	});
}

test('whose devices are meant stays in the command', t => {
	t.regex(printed(undecidedDevices(juliet, [device])), /xmppc omemo devices romeo@example\.net shows/);
	t.is(inShellWords('/omemo new-identity makes one.'), 'xmppc omemo new-identity --yes makes one.');
	t.is(inShellWords('See https://example.org/omemo or /set.'), 'See https://example.org/omemo or xmppc set.');
});

test('what a diagnosis advises is nothing that only the screen can do', t => {
	t.is(
		inShellWords('/add romeo@example.net asks for that; /omemo off sends in clear.'),
		'Add romeo@example.net in xmppc itself to ask for that; xmppc send --omemo off sends in clear.',
	);
	t.is(inShellWords('Ask them; /devices can distrust it.'), 'Ask them; xmppc omemo distrust leaves it out.');
	t.is(
		inShellWords('If it is theirs after all, /devices changes that.'),
		'If it is theirs after all, xmppc omemo trust changes that.',
	);
});
