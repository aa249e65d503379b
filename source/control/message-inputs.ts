/** What the verbs about messages take, checked before it reaches the client. */
import type {ActionInput} from '../model/actions.js';
import type {MessageActions, TypingState} from '../model/message-actions.js';
import {type AllMembers, all, bareJid, buffer, type Check, integer, list, members, oneOf, text} from './checks.js';

export const messageKey = integer(0, Number.MAX_SAFE_INTEGER);
const ofMessage = {account: bareJid, key: messageKey};
const typingStates: readonly TypingState[] = ['composing', 'paused', 'none'];

export const messageInputs: {readonly [Name in keyof MessageActions]: Check<AllMembers<ActionInput<Name>>>} = {
	correctMessage: all({...ofMessage, body: text}),
	retractMessage: members(ofMessage, {reason: text}),
	moderateMessage: members(ofMessage, {reason: text}),
	react: all({...ofMessage, emoji: list(text)}),
	messageDetails: all(ofMessage),
	setTyping: all({buffer, state: oneOf(typingStates)}),
};
