import {Readable} from 'node:stream';
import {createOutput} from '../../source/cli/output.js';
import {runProgram} from '../../source/cli/program.js';
import type {Composition, Shell} from '../../source/cli/shell.js';
import type {OneShotMessage} from '../../source/client/one-shot.js';
import type {OneShotOutcome} from '../../source/client/one-shot-outcomes.js';
import type {ControlConnection} from '../../source/control/exchange.js';
import type {AccountSettings} from '../../source/model/account.js';
import type {Actions} from '../../source/model/actions.js';
import {defaultSettings, type Preferences} from '../../source/model/settings.js';
import type {Problem} from '../../source/shared/errors.js';
import {type BareJid, type Jid, parseBareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';

export type Setting = {
	readonly stdin?: string | Buffer;
	readonly terminal?: boolean;
	readonly typed?: string;
	readonly send?: (to: readonly Jid[], timeout: number) => Promise<readonly OneShotOutcome[]>;
	/** Hears what is to be sent. */
	readonly sent?: (message: OneShotMessage) => void;
	readonly actions?: Partial<Actions>;
	readonly accounts?: readonly AccountSettings[];
	readonly preferences?: Partial<Preferences>;
	readonly interrupted?: AbortSignal;
	/** What is wrong with the history. */
	readonly damage?: Problem;
	/** The client that is running. */
	readonly running?: (...asked: Parameters<Shell['connect']>) => ControlConnection | undefined;
};

export const juliet = parseBareJid('juliet@example.org') as BareJid;

/** Runs the command line in this process; answers what a shell would see, and what was asked of the client. */
export async function run(argv: readonly string[], setting: Setting = {}) {
	const calls: string[] = [];
	let out = '';
	let error = '';
	const composition: Composition = {
		async openClient({profile}) {
			calls.push(`open ${profile}`);
			return {
				actions: setting.actions as Actions,
				events: () => () => {},
				log: silentLog,
				async start() {
					calls.push('start');
				},
				async serve() {
					calls.push('serve');
				},
				close: async () => {
					calls.push('close');
				},
			};
		},
		async send({profile}, message) {
			const {account, to, body, timeout} = message;
			setting.sent?.(message);
			calls.push(`${profile} ${account} → ${to.join(' ')}: ${body}`);
			return setting.send === undefined
				? to.map(to => ({to, id: 'id-1', ok: true, state: 'acked'}))
				: setting.send(to, timeout);
		},
		async checkHistory({profile}) {
			calls.push(`check ${profile}`);
			return setting.damage;
		},
		async rebuildHistory({profile}) {
			calls.push(`rebuild ${profile}`);
			return {
				aside: '/home/j/history.sqlite.damaged-2026',
				unsent: 2,
				drafts: 1,
				ignored: 3,
				complete: true,
				encryption: {accounts: 0, sessions: 0, complete: true},
			};
		},
		async changeSetting({profile}, change) {
			calls.push(`set ${profile} ${JSON.stringify(change)}`);
		},
		settings: () => ({
			...defaultSettings,
			...setting.preferences,
			accounts: setting.accounts ?? [{jid: juliet, enabled: true, secrets: 'key-file'}],
		}),
	};
	const input = Object.assign(Readable.from(setting.stdin === undefined ? [] : [Buffer.from(setting.stdin)]), {
		isTTY: setting.terminal === true,
	});
	const print = (text: string) => {
		out += text;
	};
	const status = await runProgram(
		argv,
		{
			input: () => input,
			interactive: setting.terminal === true,
			interrupted: setting.interrupted ?? new AbortController().signal,
			expectSignal() {
				calls.push('signals are expected');
			},
			compose: async () => composition,
			async connect(profile, wanted) {
				return setting.running?.(profile, wanted);
			},
			output: json =>
				createOutput(json, print, text => {
					error += text;
				}),
			askSecret: async () => setting.typed,
		},
		print,
	);
	return {status, out, error, calls};
}
