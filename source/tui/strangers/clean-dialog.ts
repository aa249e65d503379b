/** What is asked before all that somebody said in a room is taken back, and what became of it. */
import type {Actions} from '../../model/actions.js';
import {bufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import type {StrangerIntent} from '../../model/stranger-view.js';
import {bareOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {occupantNamed, roomOf} from '../../store/room-selectors.js';
import type {State} from '../../store/state.js';
import {type Attempt, attempt, createSteps, type Dialog} from '../assistant/dialog.js';
import {spokenBy} from './clean-up.js';

type CleanUp = Extract<StrangerIntent, {readonly type: 'cleanUp'}>;
type Sentence = {readonly text: string; readonly hint?: string};

/** Refusals in a row after which the rest is not tried. */
const mostRefusals = 3;

/** Why there is nothing to ask, or the question. */
export function cleanUpDialog(
	intent: CleanUp,
	state: State,
	actions: Pick<Actions, 'moderateMessage' | 'setAffiliation'>,
): Dialog | Sentence {
	const {account, room, nick, ban} = intent;
	const buffer = bufferId(account, 'room', room);
	const who = printable(nick, 'identifier');
	const own = roomOf(state, buffer);
	const isModerator = own !== undefined && occupantNamed(state, buffer, own.nick)?.role === 'moderator';
	if (!isModerator) {
		return {text: `Only moderators of ${room} take back what others said.`, hint: `/ignore ${who} hides it for you.`};
	}

	if (own.nick === nick) {
		return {text: 'That is you.', hint: 'What you said yourself you take back message by message.'};
	}

	const said = spokenBy(state, buffer, nick);
	if (said.length === 0) {
		return {
			text: `Nothing is loaded that ${who} said in ${room}.`,
			hint: 'Scroll up to load what is older; /names tells who is there.',
		};
	}

	const present = occupantNamed(state, buffer, nick);
	const address = present?.jid ?? said.findLast(({realJid}) => realJid !== undefined)?.realJid;
	const jid = address === undefined ? undefined : bareOf(address);
	if (ban && jid === undefined) {
		return {
			text: `${who} cannot be banned: the room does not show their JID.`,
			hint: `/clean ${who} takes back what they said; /kick throws them out.`,
		};
	}

	return createCleanUpDialog({...intent, said, jid}, actions);
}

export function isSentence(answer: Dialog | Sentence): answer is Sentence {
	return 'text' in answer;
}

function createCleanUpDialog(
	{
		account,
		room,
		nick,
		reason,
		ban,
		said,
		jid,
	}: CleanUp & {readonly said: readonly Message[]; readonly jid: ReturnType<typeof bareOf> | undefined},
	actions: Pick<Actions, 'moderateMessage' | 'setAffiliation'>,
): Dialog {
	const who = printable(nick, 'identifier');
	const count = counted(said.length);
	const title = `Take back ${count} of ${who}`;
	const why = reason === undefined ? {} : {reason};
	let taken = 0;
	const steps = createSteps(() =>
		steps.end([
			taken === 0 ? 'Nothing was taken back.' : `Stopped: ${counted(taken)} of ${who} ${were(taken)} taken back.`,
		]),
	);

	const takeBack = async (): Promise<readonly string[]> => {
		const refusals: Array<Extract<Attempt<void>, {ok: false}>> = [];
		let inARow = 0;
		for (const {key} of said) {
			if (steps.isOver() || inARow >= mostRefusals) {
				break;
			}

			const result = await attempt(() => actions.moderateMessage({account, key, ...why}));
			inARow = result.ok ? 0 : inARow + 1;
			taken += result.ok ? 1 : 0;
			if (!result.ok) {
				refusals.push(result);
			}
		}

		const left = said.length - taken;
		const [first] = refusals;
		return [
			`${counted(taken)} of ${who} ${were(taken)} taken back.`,
			...(left === 0
				? []
				: [`${counted(left)} ${were(left)} not: ${first?.problem.message ?? 'nobody asked for it.'}`]),
		];
	};

	const keepOut = async (): Promise<readonly string[]> => {
		if (!ban || jid === undefined || steps.isOver()) {
			return [];
		}

		const result = await attempt(() => actions.setAffiliation({account, room, jid, affiliation: 'outcast', ...why}));
		return [result.ok ? `${who} is banned from ${room}.` : `${who} was not banned: ${result.problem.message}`];
	};

	const doIt = async (): Promise<void> => {
		steps.wait({type: 'busy', title, label: 'Asking the room …', explanation: []});
		// Whoever is out says no more meanwhile.
		const banned = await keepOut();
		const lines = await takeBack();
		if (!steps.isOver()) {
			steps.end([...lines, ...banned]);
		}
	};

	steps.ask(
		{
			type: 'choice',
			title,
			label: 'Sure?',
			explanation: [
				`${count} of ${who} in ${room}, as far as loaded here. Everybody sees that a moderator took ${said.length === 1 ? 'it' : 'them'} back.`,
				...(ban ? [`${printable(jid ?? '', 'identifier')} is banned as well.`] : []),
				...(reason === undefined ? [] : [`Because: ${printable(reason, 'line')}`]),
			],
			options: [
				{value: 'no', label: 'No', explanation: 'Everything stays as it is.'},
				{value: 'yes', label: ban ? 'Yes, and ban them' : 'Yes', explanation: 'It cannot be undone.'},
			],
		},
		answer => {
			if (answer === 'yes') {
				void doIt();
			} else {
				steps.cancel();
			}
		},
	);
	return steps.dialog;
}

function counted(count: number): string {
	return count === 1 ? '1 message' : `${count} messages`;
}

function were(count: number): string {
	return count === 1 ? 'was' : 'were';
}
