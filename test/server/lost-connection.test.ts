/** The built program on a screen, and a server that goes away: what the person sees, and what their typing does. */
import test, {type ExecutionContext} from 'ava';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {startProsody} from '../support/prosody.js';
import {keys} from '../support/terminal.js';

const password = 'a secret of verona';
const juliet = 'juliet@example.test';
const romeo = 'romeo@example.test';
const nurse = 'nurse@example.test';

async function julietAtHerScreen(t: ExecutionContext) {
	const server = await startProsody({accounts: {juliet: password, romeo: password, nurse: password}});
	t.teardown(() => server.stop());
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const terminal = xmppc.open();
	t.teardown(terminal.stop);
	await terminal.shows(`${juliet} ●`);
	return {server, terminal};
}

/** Lines of the conversation that is shown. */
const lines = (screen: string) => screen.split('\n').flatMap(row => row.split(' │ ')[1]?.trim() ?? []);

test('a lost connection is counted down, /reconnect does not wait for the end, and what was written goes out', async t => {
	const {server, terminal} = await julietAtHerScreen(t);
	terminal.type(`/query ${romeo}${keys.enter}`);
	await terminal.shows(`No messages with ${romeo}`);
	await server.halt('hard');
	await terminal.shows(/○ reconnecting in \d+ s \(now: \/reconnect\)/);
	terminal.type(`while you were away${keys.enter}`);
	await terminal.shows('while you were away …');
	// Until the pause is one that a person would not like to wait for.
	await terminal.shows(/reconnecting in [4-9] s/, 60_000);
	await server.start();
	terminal.type(`/reconnect${keys.enter}`);
	await terminal.shows(`${juliet} ●`);
	await terminal.shows('while you were away ✓');
	t.is(lines(terminal.text()).filter(line => line.startsWith('while you were away')).length, 1);
});

test('what is typed in one go reaches the chats that it opens, each its own', async t => {
	const {terminal} = await julietAtHerScreen(t);
	const typed = [`/query ${romeo}`, 'for Romeo', `/query ${nurse}`, 'for the nurse', '/buffer romeo', 'and for him'];
	terminal.type(typed.map(line => `${line}${keys.enter}`).join(''));
	await terminal.shows('and for him ✓');
	t.deepEqual(
		lines(terminal.text()).filter(line => line.includes('for')),
		['for Romeo ✓', 'and for him ✓'],
	);
	terminal.type(`/buffer nurse${keys.enter}`);
	await terminal.shows('for the nurse ✓');
	t.false(terminal.text().includes('for Romeo'));
});
