/** The built program at the other end: a daemon that stays, and what a person does through its control socket. */
import process from 'node:process';
import {planPatience} from '../../source/client/encryption/planning.js';
import {connectControl} from '../../source/control/client.js';
import {controlSocketPath} from '../../source/control/socket-path.js';
import {bufferId} from '../../source/model/buffer.js';
import type {EventOf} from '../../source/model/events.js';
import type {Message, OutgoingState} from '../../source/model/message.js';
import {countReactions} from '../../source/model/relation.js';
import {systemClock} from '../../source/shared/clock.js';
import {messageOf} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {profileDirectories} from '../../source/storage/directories.js';
import {startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import type {Prosody} from '../support/prosody.js';
import {checkProtection, startPatience} from './client.js';
import {until} from './desktop.js';

/** What it is asked for resolves when its own records say so; it fails where something came otherwise protected than it is to be. */
export type Correspondent = {
	readonly jid: string;
	/** The server has it; waits until there is somebody who can read it. */
	writes(to: string, body: string): Promise<void>;
	/** This text came from there. */
	reads(from: string, body: string): Promise<void>;
	/** The person has seen everything that came from there. */
	looks(from: string): Promise<void>;
	/** What it wrote is where that state says, or was. */
	learns(state: OutgoingState, to: string, body: string): Promise<void>;
	/** Puts the second text in the place of the first. */
	corrects(to: string, first: string, second: string): Promise<void>;
	/** What came from there as the first text has the second one now, and is marked as edited. */
	readsCorrection(from: string, first: string, second: string): Promise<void>;
	/** Says all that it thinks of that text. */
	reacts(to: string, body: string, emoji: readonly string[]): Promise<void>;
	/** All that is thought of that text is this, by those. */
	readsReaction(from: string, body: string, emoji: string, by: readonly string[]): Promise<void>;
	/** Writes the text as an answer to that one. */
	answers(to: string, target: string, body: string): Promise<void>;
	/** The text came from there as an answer to that one, which is on record, and has none of its words. */
	readsAnswer(from: string, target: string, body: string): Promise<void>;
	/** Takes the text back. */
	retracts(to: string, body: string): Promise<void>;
	/** They are writing, or are not. */
	learnsTyping(from: string, isTyping: boolean): Promise<void>;
	/** Presses keys there, or takes the text away. */
	types(to: string, isTyping: boolean): Promise<void>;
	stop(): Promise<void>;
};

/** Nobody it could be encrypted for, as yet. */
const noDevice = 77;
/**
 * Milliseconds until a new device can be written to. Dino is on its list before its keys are on the server: whoever asks for them in
 * between is told of none, and xmppc asks again after a minute.
 */
const devicePatience = startPatience + planPatience;

/** What is known of a message, also what it was. */
type Known = {message: Message; readonly texts: Set<string>; readonly states: Set<OutgoingState>};

/** An account of `server` on a profile of its own, with these settings, online; all that it writes is encrypted, or nothing is. */
export async function startCorrespondent(
	server: Prosody,
	localpart: string,
	password: string,
	isEncrypted: boolean,
	settings: Readonly<Record<string, string>> = {},
): Promise<Correspondent> {
	const xmppc = await makeXmppcAccount(server, localpart, password);
	for (const [name, value] of Object.entries({'omemo.default': isEncrypted ? 'on' : 'off', ...settings})) {
		const {status, errors} = await xmppc.run(['set', name, value]);
		if (status !== 0) {
			xmppc.remove();
			throw new Error(`xmppc set ${name} ended with ${status}: ${errors.trim()}`);
		}
	}

	const daemon = startStaying(xmppc, ['daemon']);
	// It would go on where this program is interrupted.
	const endWithUs = () => process.kill(daemon.pid, 'SIGKILL');
	process.once('exit', endWithUs);
	const stop = async () => {
		process.removeListener('exit', endWithUs);
		await daemon.end('SIGTERM');
		xmppc.remove();
	};

	try {
		await daemon.says(/is connected/);
		const directories = profileDirectories(xmppc.home.environment, 'default');
		const control = await connectControl(controlSocketPath(directories), {
			profile: directories.data,
			clock: systemClock,
			events: ['message.recorded', 'message.changed', 'typing.changed'],
		});
		if (control === undefined) {
			throw new Error('the daemon of xmppc does not answer');
		}

		const account = `${localpart}@${server.domain}` as BareJid;
		const {actions} = control;
		const book = createBook();
		control.events(event => {
			if (event.type === 'message.recorded') {
				book.record(event.message);
			} else if (event.type === 'message.changed') {
				book.change(event);
			} else if (event.type === 'typing.changed') {
				book.typists.set(event.buffer, event.names);
			}
		});
		const bufferOf = (jid: string) => bufferId(account, 'chat', jid as BareJid);
		/** What has, or had, that text there. */
		const find = (jid: string, body: string, isOurs?: boolean): Known | undefined =>
			book.all.findLast(
				({message, texts}) =>
					message.buffer === bufferOf(jid) &&
					message.relating === undefined &&
					texts.has(body) &&
					(isOurs === undefined || isOurs === (message.direction === 'outgoing')),
			);
		const known = (jid: string, body: string): Message => {
			const found = find(jid, body)?.message;
			if (found === undefined) {
				throw new Error(`xmppc has no "${body}"`);
			}

			return found;
		};
		const check = (message: Message) => checkProtection(message.encryption === 'omemo', isEncrypted);

		return {
			jid: account,
			async writes(to, body) {
				let refusal: string | undefined;
				const isSent = async () => {
					const wish = isEncrypted ? 'require' : 'off';
					const {status, errors} = await xmppc.run(['send', '--omemo', wish, to, body]);
					refusal = errors.trim();
					if (status !== 0 && status !== noDevice) {
						throw new Error(`xmppc send ended with ${status}: ${refusal}`);
					}

					return status === 0;
				};
				await until(`xmppc writes "${body}"`, isSent, {timeout: devicePatience}).catch(error => {
					throw new Error(`${messageOf(error)}; the last that it said: ${refusal}`, {cause: error});
				});
			},
			async reads(from, body) {
				check((await until(`xmppc shows "${body}"`, () => find(from, body, false))).message);
			},
			async looks(from) {
				const upTo = Math.max(
					...book.all.filter(({message}) => message.buffer === bufferOf(from)).map(({message}) => message.key),
				);
				await actions.markRead({buffer: bufferOf(from), upTo});
			},
			async learns(state, to, body) {
				await until(`xmppc has "${body}" as ${state}`, () => find(to, body, true)?.states.has(state));
			},
			async corrects(to, first, second) {
				await actions.correctMessage({account, key: known(to, first).key, body: second});
			},
			async readsCorrection(from, first, second) {
				const {message} = await until(`xmppc shows "${second}" for "${first}"`, () => {
					const found = find(from, first, false);
					return found?.message.body === second && found.message.edited !== undefined ? found : undefined;
				});
				check(message);
			},
			async reacts(to, body, emoji) {
				await actions.react({account, key: known(to, body).key, emoji});
			},
			async readsReaction(from, body, emoji, by) {
				const wanted = `${emoji} ${by.join(' ')}`;
				let seen = '';
				await until(`xmppc shows ${wanted} with "${body}"`, () => {
					const counts = countReactions(find(from, body)?.message.reactions ?? []);
					seen = counts.map(count => `${count.emoji} ${count.by.join(' ')}`).join(', ');
					return seen === wanted;
				}).catch(error => {
					throw new Error(`${messageOf(error)}; it shows ${JSON.stringify(seen)}`, {cause: error});
				});
			},
			async answers(to, target, body) {
				await actions.sendMessage({
					...{account, to: to as BareJid, body, reply: known(to, target).key},
					encryption: isEncrypted ? 'require' : 'off',
				});
			},
			async readsAnswer(from, target, body) {
				const {message} = await until(`xmppc shows "${body}"`, () => find(from, body, false));
				check(message);
				const answered = book.all.find(one => one.message.key === message.reply?.key);
				if (answered?.texts.has(target) !== true) {
					throw new Error(`xmppc takes "${body}" for an answer to ${answered?.message.body ?? 'nothing'}`);
				}
			},
			async retracts(to, body) {
				await actions.retractMessage({account, key: known(to, body).key});
			},
			async learnsTyping(from, isTyping) {
				await until(`xmppc shows ${isTyping ? 'that somebody' : 'nobody who'} writes`, () => {
					return (book.typists.get(bufferOf(from)) ?? []).length > 0 === isTyping;
				});
			},
			async types(to, isTyping) {
				await actions.setTyping({buffer: bufferOf(to), state: isTyping ? 'composing' : 'none'});
			},
			async stop() {
				control.close();
				await stop();
			},
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** What the program tells of messages and of who writes, from its start on. */
function createBook() {
	const all: Known[] = [];
	return {
		/** The oldest first. */
		all: all as readonly Known[],
		/** By buffer. */
		typists: new Map<string, readonly string[]>(),
		record(message: Message) {
			const {body, state} = message;
			all.push({message, texts: new Set([body]), states: new Set(state === undefined ? [] : [state])});
		},
		change({change}: EventOf<'message.changed'>) {
			const known = all.find(({message}) => message.key === change.key);
			if (known === undefined) {
				return;
			}

			const {problem: _problem, ...rest} = change;
			known.message = {...known.message, ...rest} as Message;
			known.texts.add(known.message.body);
			if (change.state !== undefined) {
				known.states.add(change.state);
			}
		},
	};
}
