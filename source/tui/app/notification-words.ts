import {type Buffer, isConversation, notifyRuleOf} from '../../model/buffer.js';
import type {Preferences} from '../../model/settings.js';
import {printable} from '../../shared/text.js';
import type {CallSignals} from './caller.js';
import type {Announcement} from './notification-rules.js';

/** What `/notify test` calls with. */
export const testAnnouncement: Announcement = {title: 'xmppc', text: 'This is a test.'};

/** Which ways to call the person are turned on, a line each, and what holds where they are. */
export function channelText(
	preferences: Preferences,
	buffer: Buffer | undefined,
	signals: CallSignals,
): readonly string[] {
	const {'notify.terminal': terminal, 'notify.command': command, 'notify.quiet': quiet} = preferences;
	return [
		signals.bell === undefined
			? 'Bell: not here, only on the screen.'
			: preferences['notify.bell']
				? 'Bell: on, rung now.'
				: 'Bell: off (/set notify.bell on).',
		signals.notify === undefined
			? 'Terminal: not here, only on the screen.'
			: terminal === 'off'
				? 'Notifications of the terminal: off (/set notify.terminal osc9, osc99 or osc777, whichever yours knows).'
				: `Notifications of the terminal: ${terminal}, sent now. In tmux they need “set -g allow-passthrough on”.`,
		command.length === 0
			? 'Program: none (/set notify.command notify-send {title} {text}).'
			: `Program: ${printable(command.join(' '), 'line')}, started now.`,
		`Text of messages: ${contentWords[preferences['notify.content']]} (notify.content).`,
		quiet === '' ? 'Quiet hours: none (/set notify.quiet 22:00-07:00).' : `Quiet hours: ${quiet}.`,
		...(buffer === undefined || !isConversation(buffer.kind) ? [] : [`This conversation: ${ruleWords(buffer)}.`]),
	];
}

const contentWords: Readonly<Record<Preferences['notify.content'], string>> = {
	always: 'always shown',
	unencrypted: 'shown, but not that of encrypted chats',
	never: 'never shown',
};

/** How a buffer calls the person. */
export function ruleWords(buffer: Buffer): string {
	return buffer.muted === true ? 'muted, calls for nothing' : callWords[notifyRuleOf(buffer)];
}

/** What calls the person. */
export const callWords: Readonly<Record<NonNullable<Buffer['notify']>, string>> = {
	all: 'calls for every message',
	mentions: 'calls when you are named',
	none: 'calls for nothing',
};
