import type {Actions} from '../../model/actions.js';
import type {MessageIntent} from '../../model/message-view.js';
import type {BareJid} from '../../shared/jid.js';
import {attempt, createSteps, type Dialog, type Trouble, troubleFrom} from '../assistant/dialog.js';

/** What is to be taken back or away. `words` and `author` are harmless. */
export type Condemned = {
	readonly account: BareJid;
	readonly key: number;
	readonly words: string;
	/** Absent: the person. */
	readonly author?: string;
	readonly reason?: string;
};

type How = Extract<MessageIntent['type'], 'retractMessage' | 'moderateMessage'>;

const texts: Readonly<Record<How, {readonly title: string; readonly verb: string; readonly explanation: string}>> = {
	retractMessage: {
		title: 'Retract',
		verb: 'Retract',
		explanation: 'Who has read it knows it, and programs that know nothing of this show it still.',
	},
	moderateMessage: {
		title: 'Remove',
		verb: 'Remove',
		explanation: 'The room takes it away for everybody there, and says that a moderator did.',
	},
};

/** Asks before a message is taken back, or somebody's is taken away. Nothing is done before there is an answer. */
export function createRetractDialog(
	actions: Pick<Actions, 'retractMessage' | 'moderateMessage'>,
	how: How,
	{account, key, words, author, reason}: Condemned,
): Dialog {
	const steps = createSteps(() => steps.end([]));
	const {title, verb, explanation} = texts[how];
	const whose = author === undefined ? '' : ` of ${author}`;
	const why = reason === undefined ? [] : [`Reason: ${reason}`];

	const ask = (problem?: Trouble) =>
		steps.ask(
			{
				type: 'choice',
				title,
				label: `${verb} “${words}”${whose}?`,
				explanation: [...why, explanation],
				options: [
					{value: 'yes', label: verb, explanation: ''},
					{value: 'no', label: 'Keep', explanation: 'leave it as it is'},
				],
				...(problem === undefined ? {} : {problem}),
			},
			value => {
				if (value === 'yes') {
					void act();
				} else {
					steps.end([]);
				}
			},
		);

	const act = async () => {
		steps.wait({type: 'busy', title, label: `${verb}…`, explanation: []});
		const input = {account, key, ...(reason === undefined ? {} : {reason})};
		const done = await attempt<unknown>(() => actions[how](input));
		if (!steps.isOver()) {
			if (done.ok) {
				steps.end([]);
			} else {
				ask(troubleFrom(done.problem));
			}
		}
	};

	ask();
	return steps.dialog;
}
