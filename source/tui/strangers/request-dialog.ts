/** What is asked about a stranger who waits. */
import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import {isFullJid} from '../../shared/jid.js';
import type {Stranger} from '../../store/requests.js';
import {attempt, createSteps, type Dialog, type Option, type Trouble, troubleFrom} from '../assistant/dialog.js';
import {answerText} from './answer-words.js';
import {strangerName, strangerWords} from './request-words.js';

type Answer = 'accept' | 'add' | 'decline' | 'block' | 'spam' | 'abuse';

/** `opened`: the conversation that was accepted. */
export function createRequestDialog(
	actions: Pick<Actions, 'acceptRequest' | 'declineRequest' | 'block' | 'report'>,
	stranger: Stranger,
	opened: (buffer: BufferId) => void,
): Dialog {
	const {account, jid, asks} = stranger;
	const name = strangerName(stranger);
	const steps = createSteps(() => steps.end([`${name} goes on waiting.`]));
	const who = {account, jid};

	const work = async (answer: Answer): Promise<readonly string[]> => {
		switch (answer) {
			case 'accept':
			case 'add': {
				const add = answer === 'add';
				const {buffer} = await actions.acceptRequest({...who, ...(add ? {add} : {})});
				if (buffer !== undefined) {
					opened(buffer.id);
				}

				return [answerText.accepted(name, {opened: buffer !== undefined, seen: asks !== undefined || add, added: add})];
			}

			case 'decline':
				await actions.declineRequest(who);
				return [answerText.declined(name)];
			case 'block':
				await actions.block(who);
				return [answerText.blocked(name)];
			default: {
				if (isFullJid(jid)) {
					return [];
				}

				const {messages} = await actions.report({account, jid, reason: answer});
				return [answerText.reported(name, messages)];
			}
		}
	};

	const decide = async (answer: Answer): Promise<void> => {
		steps.wait({type: 'busy', title: name, label: 'Asking your server …', explanation: []});
		const result = await attempt(() => work(answer));
		if (steps.isOver()) {
			return;
		}

		if (result.ok) {
			steps.end(result.value);
		} else {
			ask(troubleFrom(result.problem));
		}
	};

	const ask = (problem?: Trouble) => {
		steps.ask(
			{
				type: 'choice',
				title: name,
				label: 'What do you answer?',
				explanation: strangerWords(stranger),
				options: optionsFor(stranger),
				...(problem === undefined ? {} : {problem}),
			},
			answer => {
				if (isAnswer(answer)) {
					void decide(answer);
				} else {
					steps.cancel();
				}
			},
		);
	};

	ask();
	return steps.dialog;
}

/** Of somebody in a room the server of the account knows no more than the room: they are put away, and no more. */
function optionsFor({jid, message, asks}: Stranger): readonly Option[] {
	const isPerson = !isFullJid(jid);
	const accepting = [
		...(message === undefined ? [] : ['opens the conversation']),
		...(asks === undefined ? [] : ['lets them see your presence']),
	].join(', ');
	return [
		{value: 'later', label: 'Nothing yet', explanation: 'they go on waiting'},
		{value: 'accept', label: 'Accept', explanation: accepting},
		...(isPerson ? [{value: 'add', label: 'Accept as a contact', explanation: 'adds them, too'}] : []),
		{
			value: 'decline',
			label: 'Decline',
			explanation: asks === undefined ? 'puts it away, they learn nothing' : 'refuses what they asked for',
		},
		...(isPerson
			? [
					{value: 'block', label: 'Block', explanation: 'nothing of them comes any more'},
					{value: 'spam', label: 'Block, report as spam', explanation: 'tells your operator'},
					{value: 'abuse', label: 'Block, report as abuse', explanation: 'tells your operator'},
				]
			: []),
	];
}

const answers: readonly string[] = ['accept', 'add', 'decline', 'block', 'spam', 'abuse'];

function isAnswer(value: string): value is Answer {
	return answers.includes(value);
}
