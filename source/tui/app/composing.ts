/** What is written about a message: an answer, or another text for it. */
import {type ClientIntent, client, type Intent} from '../../commands/intent.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {emptyEditor, withText} from '../input/editor.js';
import type {Core} from './core.js';
import {messageOf} from './listed-messages.js';
import {performClient} from './perform-client.js';
import {
	type Composing,
	editorOf,
	type ViewState,
	withComposing,
	withEditor,
	withHint,
	withSelection,
} from './view-state.js';

/** What is written next answers this message. */
export function answer(core: Core, {key}: Pick<Message, 'key'>): void {
	const view = withoutComposing(core.view());
	core.change(withSelection(withComposing(view, view.active, {kind: 'reply', key}), undefined));
}

/** Puts the text of an own message into the input, to be changed. */
export function edit(core: Core, {key, body}: Pick<Message, 'key' | 'body'>): void {
	const view = withoutComposing(core.view());
	const before = editorOf(view).text;
	const begun = withComposing(view, view.active, {kind: 'edit', key, before});
	core.change(withSelection(withEditor(begun, withText(editorOf(view), asTyped(body))), undefined));
}

/** A text as it has to be typed to be sent. */
export function asTyped(body: string): string {
	return body.startsWith('/') && !/^\/me(?:\s|$)/u.test(body) ? `/${body}` : body;
}

/** Escape: what is written is a message of its own, and what stood in the input before it was changed is there again. */
export function withoutComposing(view: ViewState): ViewState {
	const composing = view.composing[view.active];
	if (composing === undefined) {
		return view;
	}

	const free = withComposing(view, view.active, undefined);
	return composing.kind === 'edit' ? withEditor(free, withText(editorOf(free), composing.before)) : free;
}

/** What a text that was entered asks for: what is written about a message goes with it. */
export function aboutMessage(intents: readonly Intent[], composing: Composing | undefined): readonly Intent[] {
	if (composing === undefined) {
		return intents;
	}

	return intents.map(intent =>
		intent.type !== 'client' || intent.action !== 'sendMessage'
			? intent
			: composing.kind === 'reply'
				? client('sendMessage', {...intent.input, reply: composing.key})
				: client('correctMessage', {
						account: intent.input.account,
						key: composing.key,
						body: intent.input.body,
					}),
	);
}

/** Whether a new text says what the message says already. */
export function isUnchanged(core: Core, composing: Composing, intents: readonly Intent[]): boolean {
	const message = messageOf(core.state(), core.view().active, composing.key);
	return intents.some(
		intent => intent.type === 'client' && intent.action === 'correctMessage' && intent.input.body === message?.body,
	);
}

/** Sends a new text. What stood in the input before is there again; of a refused one the text itself. */
export async function sendEdit(core: Core, intent: ClientIntent, composing: Composing, typed: string): Promise<void> {
	const asked = core.view().active;
	const done = await performClient(core, intent, asked, undefined);
	if (done) {
		fill(core, asked, composing.kind === 'edit' ? composing.before : '');
	} else if (fill(core, asked, typed)) {
		core.change(withComposing(core.view(), asked, composing));
	}
}

/** Puts a text into an input that is empty. Answers whether it was. */
function fill(core: Core, buffer: BufferId, text: string): boolean {
	const view = core.view();
	const editor = view.editors[buffer] ?? emptyEditor;
	if (editor.text !== '') {
		return false;
	}

	core.change({...view, editors: {...view.editors, [buffer]: withText(editor, text)}});
	return true;
}

/** An empty text is no new one. */
export function sayEmptyEdit(core: Core): void {
	const text = 'An empty text takes nothing back.';
	core.change(withHint(core.view(), {level: 'info', text, more: '/retract does; Esc leaves it as it was.'}));
}
