/**
 * The built program beside other people's clients, on a real server: what a person types in one stands on the screen of
 * the other.
 */
import test, {type ExecutionContext} from 'ava';
import {configureGoSendxmpp} from '../support/peers/go-sendxmpp.js';
import {startProfanity} from '../support/peers/profanity.js';
import {startTmux} from '../support/peers/tmux.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {keys, type Terminal} from '../support/terminal.js';

const password = 'a secret of verona';
const juliet = 'juliet@example.test';
const romeo = 'romeo@example.test';

/** A server on which Juliet and Romeo see each other. */
async function verona(t: ExecutionContext): Promise<Prosody> {
	const server = await startProsody({
		accounts: {juliet: password, romeo: password},
		rosters: {
			juliet: [{jid: romeo, subscription: 'both'}],
			romeo: [{jid: juliet, subscription: 'both'}],
		},
	});
	t.teardown(() => server.stop());
	return server;
}

/** Juliet's xmppc on a screen, with Romeo's conversation open. */
async function julietsScreen(t: ExecutionContext, server: Prosody): Promise<Terminal> {
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const terminal = xmppc.open();
	t.teardown(terminal.stop);
	await terminal.shows(`${juliet} ●`);
	terminal.type(`/query ${romeo}${keys.enter}`);
	await terminal.shows(screen => screen.split('\n')[0]?.includes(romeo) === true);
	return terminal;
}

async function romeosProfanity(t: ExecutionContext, server: Prosody) {
	const profanity = await startProfanity(server, 'romeo', password);
	t.teardown(profanity.stop);
	return profanity;
}

test('a conversation with profanity goes both ways, with accents and wide letters whole', async t => {
	const server = await verona(t);
	const [terminal, profanity] = await Promise.all([julietsScreen(t, server), romeosProfanity(t, server)]);
	await profanity.opens(juliet);

	profanity.enter('Shall I hear more? Ça va, 日本');
	await terminal.shows('Shall I hear more? Ça va, 日本');

	terminal.type(`Deny thy father — ñ, 中文${keys.enter}`);
	await profanity.terminal.shows('Deny thy father — ñ, 中文');

	profanity.enter('I take thee at thy word');
	await terminal.shows('I take thee at thy word');
	const screen = terminal.text();
	t.true(screen.indexOf('Shall I hear more?') < screen.indexOf('Deny thy father'));
	t.true(screen.indexOf('Deny thy father') < screen.indexOf('I take thee'));
});

test('the title follows the presence of a contact on profanity', async t => {
	const server = await verona(t);
	const terminal = await julietsScreen(t, server);
	const title = (pattern: RegExp) => terminal.shows(screen => pattern.test(screen.split('\n')[0] ?? ''));
	const profanity = await romeosProfanity(t, server);
	await title(/●/);
	profanity.enter('/status set away "gone to Mantua"');
	await title(/away.*gone to Mantua/);
	profanity.enter('/quit');
	await title(/offline/);
	t.pass();
});

test('a message of go-sendxmpp stands on the open screen', async t => {
	const server = await verona(t);
	const terminal = await julietsScreen(t, server);
	const goSendxmpp = configureGoSendxmpp(server, 'romeo', password);
	t.teardown(goSendxmpp.remove);
	t.like(await goSendxmpp.send(juliet, 'It is the east'), {status: 0});
	await terminal.shows('It is the east');
});

test('a message of xmppc send stands on the screen of profanity', async t => {
	const server = await verona(t);
	const profanity = await romeosProfanity(t, server);
	await profanity.opens(juliet);
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	t.deepEqual(await xmppc.run(['send', romeo, 'Good night, good night']), {status: 0, output: '', errors: ''});
	await profanity.terminal.shows('Good night, good night');
});

test('a contact on profanity and one here come to see each other', async t => {
	const server = await startProsody({accounts: {juliet: password, romeo: password}});
	t.teardown(() => server.stop());
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const terminal = xmppc.open({columns: 200, rows: 50});
	t.teardown(terminal.stop);
	await terminal.shows(`${juliet} ●`);
	const profanity = await romeosProfanity(t, server);

	profanity.enter(`/sub request ${juliet}`);
	await terminal.shows(/requests +1/);
	terminal.type(`/requests${keys.enter}`);
	await terminal.shows(/> romeo@example\.test[\s\S]*wants to see your presence/);
	terminal.type(`/accept ${romeo}${keys.enter}`);
	await profanity.terminal.shows(`Subscription received from ${juliet}`);
	terminal.type(`/add ${romeo}${keys.enter}`);
	await profanity.terminal.shows(/authorization request from\s+juliet@example\.test/);
	profanity.enter(`/sub allow ${juliet}`);
	terminal.type(`/query ${romeo}${keys.enter}`);
	await terminal.shows(screen => /● .*romeo@example\.test/.test(screen.split('\n')[0] ?? ''));
	t.pass();
});

test('in tmux it chats, follows the size of the window and gives the shell its screen back', async t => {
	const server = await verona(t);
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const tmux = await startTmux(xmppc.home.environment);
	t.teardown(tmux.stop);
	const profanity = await romeosProfanity(t, server);
	await profanity.opens(juliet);

	await tmux.type(xmppc.command.join(' '));
	await tmux.press('Enter');
	await tmux.shows(`${juliet} ●`);
	t.true(await tmux.isAlternate());
	await tmux.type(`/query ${romeo}`);
	await tmux.press('Enter');
	await tmux.type('Three words, dear Romeo');
	await tmux.press('Enter');
	await profanity.terminal.shows('Three words, dear Romeo');
	profanity.enter('So thrive my soul');
	await tmux.shows('So thrive my soul');

	await tmux.resize(200, 50);
	await tmux.shows(/Three words, dear Romeo[\s\S]*So thrive my soul/);
	await tmux.resize(80, 24);
	await tmux.shows(/Three words, dear Romeo[\s\S]*So thrive my soul/);

	await tmux.type('/quit');
	await tmux.press('Enter');
	await tmux.shows(/ready\$ .*xmppc[\s\S]*^ready\$/m);
	t.false(await tmux.isAlternate());
	t.notRegex(await tmux.text(), /So thrive my soul/);
});
