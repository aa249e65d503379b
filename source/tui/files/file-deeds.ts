/** What a person does about files, on a screen or in lines: sends them, keeps them, opens them. */
import {basename} from 'node:path';
import type {HelpLine} from '../../commands/help-line.js';
import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import type {FileIntent} from '../../model/file-view.js';
import type {Message} from '../../model/message.js';
import {isOver, type Transfer} from '../../model/transfer.js';
import {printable} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {messageOf} from '../app/listed-messages.js';
import type {Dialog} from '../assistant/dialog.js';
import {pathFrom} from '../assistant/trust.js';
import {bufferName} from '../panes/words.js';
import type {LinkOpener} from '../terminal/link-opener.js';
import {createOpenDialog} from './open-dialog.js';
import {transferLines} from './transfer-words.js';

/** With what a front end does it. `buffer`: where it was asked for, wherever the person is by now. */
export type FileView = {
	readonly actions: Actions;
	readonly buffer: BufferId;
	state(): State;
	say(level: 'info' | 'error', text: string, hint?: string): void;
	refuse(error: unknown): void;
	list(title: string, lines: readonly HelpLine[]): void;
	ask(dialog: Dialog): void;
	/** Absent: nothing is opened from here. */
	readonly opener?: Pick<LinkOpener, 'openFile'>;
};

type Deed<Type extends FileIntent['type']> = Extract<FileIntent, {readonly type: Type}>;

/** Does what an intent asks about files. Answers whether it could be begun: what takes time goes on while others are written. */
export async function performFiles(intent: FileIntent, view: FileView): Promise<boolean> {
	switch (intent.type) {
		case 'sendFiles':
			return send(intent, view);
		case 'saveFiles':
			return withMessage(intent.key, view, message => void save(message, intent.path, view));
		case 'openFile':
			return withMessage(intent.key, view, message => void open(message, view));
		case 'listTransfers':
			view.list('Transfers', listLines(view.state()));
			return true;
		case 'endTransfers':
			return eachMeant(intent, running, view, id => view.actions.cancelTransfer({id}));
		case 'retryTransfers':
			return eachMeant(intent, fallen, view, id => view.actions.retryTransfer({id}));
	}
}

function send({account, to, kind, paths, caption}: Deed<'sendFiles'>, {actions, refuse}: FileView): boolean {
	const files = paths.map(path => ({path: pathFrom(path)}));
	actions
		.sendFiles({
			account,
			to,
			files,
			...(kind === undefined ? {} : {kind}),
			...(caption === undefined ? {} : {caption}),
		})
		.catch(refuse);
	return true;
}

function withMessage(key: number, {state, buffer, say}: FileView, act: (message: Message) => void): boolean {
	const message = messageOf(state(), buffer, key);
	if (message === undefined) {
		say('error', 'That message is not here any more.');
		return false;
	}

	act(message);
	return true;
}

async function save({key, attachments = []}: Message, path: string | undefined, view: FileView): Promise<void> {
	for (const index of attachments.keys()) {
		try {
			const saved = await view.actions.downloadFile({
				key,
				index,
				...(path === undefined ? {} : {path: pathFrom(path)}),
			});
			view.say('info', `Saved: ${printable(saved.path, 'line')}`);
		} catch (error) {
			view.refuse(error);
			return;
		}
	}
}

async function open({key}: Message, view: FileView): Promise<void> {
	try {
		const {path, isRisky} = await view.actions.downloadFile({key});
		const start = () => void openSaved(path, view);
		if (isRisky && view.opener !== undefined) {
			view.ask(createOpenDialog(printable(basename(path), 'line'), start));
		} else {
			start();
		}
	} catch (error) {
		view.refuse(error);
	}
}

async function openSaved(path: string, {opener, say}: FileView): Promise<void> {
	const shown = printable(path, 'line');
	const outcome = await opener?.openFile(path);
	switch (outcome?.type) {
		case undefined:
			say('info', `Saved: ${shown}`, 'Nothing is opened from here.');
			break;
		case 'opened':
			say('info', `Opened with ${outcome.program}: ${shown}`);
			break;
		case 'copied':
			say('info', `It is in ${shown}, and that is in the clipboard: there is no desktop here to open it.`);
			break;
		case 'failed':
			say('error', `It could not be opened: ${outcome.reason}`, `It is in ${shown}.`);
			break;
	}
}

function listLines(state: State): readonly HelpLine[] {
	const {transfers} = state;
	if (transfers.length === 0) {
		return [{text: 'No file is on its way.'}, {text: '/send FILE sends one, /save keeps one that came.'}];
	}

	const lines = transfers.flatMap((transfer, index) => {
		const buffer = bufferOf(state, transfer.buffer);
		const where = buffer === undefined ? printable(transfer.account, 'line') : bufferName(state, buffer.info);
		return transferLines(transfer, index + 1, where).map(text => ({text}));
	});
	return [...lines, {text: ''}, {text: '/transfers cancel and /transfers retry take the number.'}];
}

type Kind = {readonly fits: (transfer: Transfer) => boolean; readonly nothing: string};

const running: Kind = {fits: transfer => !isOver(transfer), nothing: 'Nothing is on its way here.'};
const fallen: Kind = {
	fits: ({state}) => state === 'failed' || state === 'cancelled',
	nothing: 'No transfer failed here.',
};

/** Does something about the transfer with a number, or about all of this buffer that it can be done about. */
async function eachMeant(
	{number}: {readonly number?: number},
	{fits, nothing}: Kind,
	{state, buffer, say, refuse}: FileView,
	act: (id: string) => Promise<void>,
): Promise<boolean> {
	const {transfers} = state();
	const meant =
		number === undefined
			? transfers.filter(transfer => transfer.buffer === buffer && fits(transfer))
			: transfers.slice(number - 1, number);
	if (meant.length === 0) {
		const text = number === undefined ? nothing : `There is no transfer with the number ${number}.`;
		say('error', text, '/transfers lists them.');
		return false;
	}

	try {
		for (const {id} of meant) {
			await act(id);
		}

		return true;
	} catch (error) {
		refuse(error);
		return false;
	}
}
