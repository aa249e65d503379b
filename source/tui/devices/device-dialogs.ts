/** What is asked before something is done to keys that is not easily undone. */
import type {Actions} from '../../model/actions.js';
import type {Device, Fingerprint} from '../../model/device.js';
import {deviceText} from '../../model/device-words.js';
import type {EncryptionIntent} from '../../model/encryption-view.js';
import type {Problem} from '../../shared/errors.js';
import {printable} from '../../shared/text.js';
import {attempt, createSteps, type Dialog, type Steps, type Trouble, troubleFrom} from '../assistant/dialog.js';
import {pathFrom} from '../assistant/trust.js';

type Of<Type extends EncryptionIntent['type']> = Extract<EncryptionIntent, {readonly type: Type}>;

/** Does something that may take long, and ends with what it says; `refused` may ask once more instead, and answers whether it did. */
async function finish<Value>(
	steps: Steps,
	title: string,
	label: string,
	work: () => Promise<Value>,
	said: (value: Value) => readonly string[],
	refused?: (problem: Problem) => boolean,
): Promise<void> {
	steps.wait({type: 'busy', title, label, explanation: []});
	const result = await attempt(work);
	if (steps.isOver()) {
		return;
	}

	if (result.ok) {
		steps.end(said(result.value));
		return;
	}

	if (refused?.(result.problem) !== true) {
		const {message, hint} = troubleFrom(result.problem);
		steps.end([message, ...(hint === undefined ? [] : [hint])]);
	}
}

/** Shows the fingerprint and asks whether it was compared. */
export function createVerifyDialog(
	actions: Pick<Actions, 'setTrust'>,
	device: Pick<Device, 'account' | 'owner' | 'id' | 'label'> & {readonly fingerprint: Fingerprint},
): Dialog {
	const {account, owner, fingerprint} = device;
	const who = owner === account ? 'your own' : `of ${printable(owner, 'identifier')}`;
	const title = `Verify ${deviceText(device)} ${who}`;
	const steps = createSteps(() => steps.end(['Nothing was decided.']));
	steps.ask(
		{
			type: 'choice',
			title,
			label: 'Did you compare it over another channel?',
			explanation: [
				owner === account
					? `${deviceText(device)} shows this fingerprint if it is yours:`
					: `If nobody is in between, their program shows this for ${deviceText(device)}:`,
			],
			fingerprint,
			options: [
				{value: 'no', label: 'Not yet', explanation: 'Call them, or look at their screen.'},
				{value: 'yes', label: 'Yes, they are the same', explanation: 'It is verified.'},
				{value: 'differs', label: 'No, they differ', explanation: 'It is distrusted: somebody may be in between.'},
			],
		},
		answer => {
			if (answer !== 'yes' && answer !== 'differs') {
				steps.cancel();
				return;
			}

			const trust = answer === 'yes' ? 'verified' : 'distrusted';
			void finish(
				steps,
				title,
				'Remembering …',
				() => actions.setTrust({account, owner, fingerprint, trust}),
				() => [
					answer === 'yes'
						? `${deviceText(device)} ${who} is verified.`
						: `${deviceText(device)} ${who} is distrusted: nothing is encrypted for it.`,
				],
			);
		},
	);
	return steps.dialog;
}

type Plain = {
	readonly title: string;
	readonly label: string;
	readonly explanation: readonly string[];
	readonly yes: {readonly label: string; readonly explanation: string};
	readonly doing: string;
	readonly nothing: string;
};

/** A question with two answers; that nothing happens is the first. */
function createQuestion(words: Plain, work: () => Promise<readonly string[]>): Dialog {
	const {title, label, explanation, yes, doing, nothing} = words;
	const steps = createSteps(() => steps.end([nothing]));
	steps.ask(
		{
			type: 'choice',
			title,
			label,
			explanation,
			options: [
				{value: 'no', label: 'No', explanation: 'Everything stays as it is.'},
				{value: 'yes', ...yes},
			],
		},
		answer => {
			if (answer === 'yes') {
				void finish(steps, title, doing, work, lines => lines);
			} else {
				steps.cancel();
			}
		},
	);
	return steps.dialog;
}

export function createRemoveDialog(
	actions: Pick<Actions, 'removeDevice'>,
	{account, id}: Of<'removeDevice'>,
	device: Pick<Device, 'id' | 'label'> = {id},
): Dialog {
	const name = deviceText(device);
	return createQuestion(
		{
			title: `Remove ${name}`,
			label: `Take ${name} off the list of your devices?`,
			explanation: [
				'Nobody encrypts for it then, so it cannot read what comes. What it has received it keeps.',
				'If a program still uses it, that program puts it back: log it out there first, and change your password if it was stolen.',
			],
			yes: {label: 'Yes, remove it', explanation: 'Your contacts are told by their servers.'},
			doing: 'Removing …',
			nothing: `${name} stays on the list.`,
		},
		async () => {
			await actions.removeDevice({account, id});
			return [`${name} is off the list of your devices.`];
		},
	);
}

export function createResetDialog(
	actions: Pick<Actions, 'resetSessions'>,
	{account, owner}: Of<'resetSessions'>,
): Dialog {
	const whom = owner === account ? 'your own other devices' : `the devices of ${printable(owner, 'identifier')}`;
	return createQuestion(
		{
			title: 'Begin anew',
			label: `Begin new sessions with ${whom}?`,
			explanation: [
				'It helps where messages of theirs cannot be read any more, or yours cannot. What could not be read stays so: ask for it once more.',
				'What you decided about their keys stays.',
			],
			yes: {label: 'Yes, begin anew', explanation: 'An empty message tells their devices.'},
			doing: 'Beginning anew …',
			nothing: 'Nothing was changed.',
		},
		async () => {
			const {count} = await actions.resetSessions({account, owner});
			return [
				count === 0
					? `There are no sessions with ${whom}.`
					: `Sessions with ${count === 1 ? '1 device' : `${count} devices`} begin anew.`,
			];
		},
	);
}

/** What helps a database that was copied or restored: whoever verified the identity has nothing to do. */
export function createNewDeviceDialog(actions: Pick<Actions, 'resetIdentity'>, {account}: Of<'newDevice'>): Dialog {
	return createQuestion(
		{
			title: `New device for ${account}`,
			label: 'Make another device with the same identity?',
			explanation: [
				'It is for a database that was copied or restored: the same keys must not be used twice.',
				'Whoever verified you goes on trusting the same identity. What is on its way to this device cannot be read any more. Your history stays.',
			],
			yes: {label: 'Yes, make it', explanation: 'This device leaves your list, and the new one takes its place.'},
			doing: 'Making a new device …',
			nothing: 'Nothing was changed.',
		},
		async () => {
			const {id} = await actions.resetIdentity({account, keep: true});
			return [`This device is device ${id} now.`];
		},
	);
}

/** Goes on only when the own address was typed: nobody does that by mistake. */
export function createNewIdentityDialog(actions: Pick<Actions, 'resetIdentity'>, {account}: Of<'newIdentity'>): Dialog {
	const title = `New keys for ${account}`;
	const steps = createSteps(() => steps.end(['Your keys stay as they are.']));
	const ask = (problem?: Trouble) =>
		steps.ask(
			{
				type: 'text',
				title,
				label: `Type ${account} to go on`,
				explanation: [
					'The keys of this device are given up, and it gets new ones under a new id.',
					'Everybody who verified you has to compare fingerprints again, and is told of a new device. Messages that are on their way to the old keys cannot be read any more. Your history stays.',
					'Do this only if somebody may have copied your keys.',
				],
				initial: '',
				secret: false,
				...(problem === undefined ? {} : {problem}),
			},
			typed => {
				if (typed.trim().toLowerCase() !== account) {
					ask({message: `That is not ${account}: nothing was changed.`, hint: 'Esc gives up.'});
					return;
				}

				void finish(
					steps,
					title,
					'Making new keys …',
					() => actions.resetIdentity({account}),
					({id}) => [`This device has new keys now, as device ${id}.`, '/omemo fingerprint shows what others compare.'],
				);
			},
		);
	ask();
	return steps.dialog;
}

/** Fewer characters are guessed by a machine: the file may be carried about. */
const leastPassphrase = 8;

/** Asks for the passphrase of a file of keys, unseen; for a new one twice. */
export function createBackupDialog(
	actions: Pick<Actions, 'exportKeys' | 'importKeys'>,
	{account, way, path: typedPath}: Of<'keyBackup'>,
): Dialog {
	const path = pathFrom(typedPath);
	const title = way === 'export' ? 'Export keys' : 'Import keys';
	const steps = createSteps(() =>
		steps.end([way === 'export' ? 'Nothing was written.' : 'Your keys stay as they are.']),
	);
	const ask = (label: string, explanation: readonly string[], then: (given: string) => void, problem?: Trouble) =>
		steps.ask(
			{
				type: 'text',
				title,
				label,
				explanation,
				initial: '',
				secret: true,
				...(problem === undefined ? {} : {problem}),
			},
			then,
		);

	const choose = (problem?: Trouble) =>
		ask(
			'Passphrase for the file',
			[
				`${printable(path, 'line')} will hold the keys of ${account}. Whoever has the file and the passphrase can pass for this device.`,
				'It is not shown while you type, and cannot be recovered when it is lost.',
			],
			passphrase => {
				if ([...passphrase].length < leastPassphrase) {
					choose({message: `That is too short: at least ${leastPassphrase} characters.`});
				} else {
					ask('The passphrase again', ['To be sure that it was typed as you meant it.'], again => {
						if (again === passphrase) {
							void finish(
								steps,
								title,
								'Writing …',
								() => actions.exportKeys({account, path, passphrase}),
								() => [
									`The keys of ${account} are in ${printable(path, 'line')}.`,
									'Two programs must not use them at the same time: import them where this one is not used any more.',
								],
							);
						} else {
							choose({message: 'The two were not the same.'});
						}
					});
				}
			},
			problem,
		);

	const open = (problem?: Trouble) =>
		ask(
			`Passphrase of ${printable(path, 'line')}`,
			[
				`The keys in the file take the place of those that this device uses for ${account}.`,
				'It is not shown while you type.',
			],
			passphrase =>
				void finish(
					steps,
					title,
					'Opening …',
					() => actions.importKeys({account, path, passphrase}),
					({id}) => [`This is device ${id} of ${account} now.`, '/devices shows what came with it.'],
					refusal => {
						const isMistyped = refusal.code === 'wrong-passphrase';
						if (isMistyped) {
							open(troubleFrom(refusal));
						}

						return isMistyped;
					},
				),
			problem,
		);

	if (way === 'export') {
		choose();
	} else {
		open();
	}

	return steps.dialog;
}
