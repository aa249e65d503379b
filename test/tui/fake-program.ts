/**
 * The TUI on a real terminal with an account manager that has no network, for the tests that need a process. Its first
 * argument says what is there: `fresh` no account, `chat` one with history, `refused` a profile that cannot be opened, `damaged`
 * one whose history has to be put aside first.
 */
import process from 'node:process';
import {defaultPreferences} from '../../source/model/settings.js';
import {systemClock} from '../../source/shared/clock.js';
import {XmppcError} from '../../source/shared/errors.js';
import {startTui} from '../../source/tui/start.js';
import {createFakeBackend} from './fake-backend.js';
import {account, buffer, contact, message, minutes, nurse, romeo, withRomeo} from './support.js';

const [kind = 'chat'] = process.argv.slice(2);
const backend = createFakeBackend(
	systemClock,
	kind === 'fresh'
		? {accounts: []}
		: {
				accounts: [account()],
				contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
				buffers: [buffer(romeo), buffer(nurse)],
				active: withRomeo,
			},
);
const now = Date.now();
backend.history.set(
	withRomeo,
	Array.from({length: 400}, (_, index) => message(now - (500 - index) * minutes, `line ${index} of the history`)),
);

if (kind === 'answers') {
	const {sendMessage} = backend.actions;
	Object.assign(backend.actions, {
		async sendMessage(input: Parameters<typeof sendMessage>[0]) {
			const sent = await sendMessage(input);
			backend.emit({type: 'message.recorded', message: message(Date.now() + 1, `you said: ${input.body}`)});
			return sent;
		},
	});
}

try {
	let damaged = kind === 'damaged';
	const exit = await startTui({
		async open() {
			if (kind === 'refused') {
				throw new XmppcError({code: 'profile-in-use', kind: 'temporary', message: 'The profile is in use.'});
			}

			if (damaged) {
				const message = 'The history database /home/j/history.sqlite is damaged: malformed.';
				throw new XmppcError({code: 'database-corrupt', kind: 'storage', message});
			}

			return {actions: backend.actions, events: backend.events};
		},
		async rebuildHistory() {
			damaged = false;
			return ['The damaged history is now elsewhere.'];
		},
		stdin: process.stdin,
		stdout: process.stdout,
		env: process.env,
		clock: systemClock,
		settings: defaultPreferences,
	});
	process.stdout.write(`ended: ${exit.type}\n`);
} catch (error) {
	process.stdout.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 75;
}

process.exit();
