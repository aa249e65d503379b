/** The built program in a room with other people's clients: what happens in it stands on all screens. */
import test from 'ava';
import {startProfanity} from '../support/peers/profanity.js';
import {startOccupant} from '../support/peers/slixmpp.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {startProsody} from '../support/prosody.js';
import {keys} from '../support/terminal.js';

const password = 'a secret of verona';

test('in a room with profanity and slixmpp everybody hears and sees everybody', async t => {
	const server = await startProsody({accounts: {juliet: password, romeo: password, nurse: password}});
	t.teardown(() => server.stop());
	const den = `den@${server.roomDomain}`;
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const terminal = xmppc.open({columns: 120, rows: 40});
	t.teardown(terminal.stop);
	await terminal.shows('juliet@example.test ●');
	const type = (line: string) => terminal.type(`${line}${keys.enter}`);
	type(`/join ${den} Juliet`);
	await terminal.shows('you are Juliet');

	const profanity = await startProfanity(server, 'romeo', password);
	t.teardown(profanity.stop);
	const nurse = await startOccupant(server, 'nurse', password);
	t.teardown(nurse.stop);
	nurse.does('join', den, 'Nurse');
	await nurse.sees(({what, nick}) => what === 'there' && nick === 'Juliet');
	profanity.enter(`/join ${den} nick Romeo`);
	await terminal.shows(/Romeo/);
	await terminal.shows(/Nurse/);

	type('Is all well? Ça va, 日本');
	await profanity.terminal.shows('Is all well? Ça va, 日本');
	await nurse.sees(({body}) => body === 'Is all well? Ça va, 日本');
	profanity.enter('Lady, by yonder blessed moon');
	await terminal.shows('Lady, by yonder blessed moon');
	nurse.does('say', den, 'Madam! Juliet!');
	await terminal.shows('Madam! Juliet!');
	await profanity.terminal.shows('Madam! Juliet!');

	profanity.enter('/nick Montague');
	await terminal.shows(/Romeo .*Montague/);
	type('/nick Capulet');
	await profanity.terminal.shows(/Juliet .*Capulet/);
	type('/topic Wherefore art thou');
	await profanity.terminal.shows('Wherefore art thou');
	await nurse.sees(({what, body}) => what === 'subject' && body === 'Wherefore art thou');

	type('/kick Montague hush');
	await profanity.terminal.shows(/[Kk]icked/);
	await terminal.shows(/Montague .*kicked.*hush/);
	await nurse.sees(({what, nick, codes}) => what === 'gone' && nick === 'Montague' && codes?.includes(307) === true);
	nurse.does('leave', den, 'my bones ache');
	await terminal.shows(/Nurse .*left/);
	t.pass();
});
