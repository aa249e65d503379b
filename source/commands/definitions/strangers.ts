import {bareOf} from '../../shared/jid.js';
import {type Command, defineCommand} from '../command.js';
import {client, view} from '../intent.js';
import {flag, label, optional} from '../parameters.js';
import {noAccount} from '../room-address.js';
import {blockable, blockedOne, reasonOrWord, reported, requestOf, whoWaits} from '../strangers.js';

/** People who are no contacts, and those whom one does not want to hear of. */
export const strangers: readonly Command[] = [
	defineCommand({
		name: 'requests',
		aliases: ['sub received'],
		summary: 'Go to the strangers who wait for an answer',
		details: [
			'What people write who are no contacts, and to whom you never wrote, waits there, and so does who wants to see your presence.',
			'They learn nothing before you answer: neither that you are online nor that it arrived.',
			'There, Up and Down choose somebody, and Enter asks what to do.',
		],
		examples: [{input: '/requests', does: 'shows who waits'}],
		related: ['accept', 'deny', 'block', 'report'],
		parameters: {},
		run: () => view({type: 'requests'}),
	}),
	defineCommand({
		name: 'accept',
		aliases: ['sub allow', 'approve'],
		summary: 'Let a stranger through, or somebody see your presence',
		details: [
			'Opens the conversation with what a stranger wrote. Who asks to see your presence gets to see it; who has not asked yet may in advance.',
			'--add makes them a contact as well. Without a name: whom this buffer is about.',
		],
		examples: [
			{input: '/accept romeo@example.org', does: 'lets Romeo see when you are there'},
			{input: '/accept tybalt@example.net --add', does: 'opens what Tybalt wrote, and adds him'},
			{input: '/accept', does: 'does the same in the chat with Romeo'},
		],
		related: ['deny', 'requests', 'contacts'],
		parameters: {add: flag('makes them a contact as well'), who: whoWaits()},
		run({add, who}, context) {
			const {account, jid} = who;
			const request = requestOf(jid, {...context, account});
			if (request !== undefined) {
				return [
					client('acceptRequest', {account, jid, ...(add ? {add} : {})}),
					view({type: 'showBuffer', buffer: request.buffer}),
				];
			}

			return client(add ? 'addContact' : 'acceptSubscription', {account, jid: bareOf(jid)});
		},
	}),
	defineCommand({
		name: 'deny',
		aliases: ['sub deny', 'refuse'],
		summary: 'Put away what a stranger wrote, or do not let somebody see your presence',
		details: [
			'A stranger who only wrote learns nothing of it; /block keeps them from writing again.',
			'Who asked to see your presence is refused; what was given before is taken back.',
		],
		examples: [{input: '/deny romeo@example.org', does: 'refuses the request'}],
		related: ['accept', 'block', 'requests'],
		parameters: {who: whoWaits()},
		run: ({who: {account, jid}}, context) =>
			requestOf(jid, {...context, account}) === undefined
				? client('denySubscription', {account, jid: bareOf(jid)})
				: client('declineRequest', {account, jid}),
	}),
	defineCommand({
		name: 'block',
		aliases: ['blocked add'],
		summary: 'Keep somebody, or a whole server, away',
		details: [
			'Your server lets nothing of them through any more, on all your devices, and they see you as offline. They are not told.',
			'Without a name: whom this buffer is about.',
		],
		examples: [
			{input: '/block tybalt@example.net', does: 'keeps one person away'},
			{input: '/block @spam.example', does: 'keeps everybody of a server away'},
		],
		related: ['unblock', 'blocked', 'report', 'ignore'],
		parameters: {who: blockable()},
		run: ({who}) => client('block', who),
	}),
	defineCommand({
		name: 'unblock',
		aliases: ['blocked remove'],
		summary: 'Let somebody through again whom you blocked',
		details: ['Without a name: whom this buffer is about.'],
		examples: [
			{input: '/unblock tybalt@example.net', does: 'lets Tybalt write again'},
			{input: '/unblock --all', does: 'blocks nobody any more'},
		],
		related: ['block', 'blocked'],
		parameters: {all: flag('everybody'), who: optional(blockedOne())},
		run({all, who}, context) {
			const {account} = context;
			if (account === undefined) {
				return {complaint: noAccount};
			}

			if (all) {
				return who === undefined
					? client('unblock', {account})
					: {complaint: {code: 'missing-word', message: '/unblock takes somebody or --all, not both.'}};
			}

			const meant = who === undefined ? blockedOne().absent(context) : ({ok: true, value: who} as const);
			return meant.ok ? client('unblock', meant.value) : {complaint: meant.complaint};
		},
	}),
	defineCommand({
		name: 'blocked',
		aliases: ['blocked list'],
		summary: 'List whom you block',
		examples: [{input: '/blocked', does: 'lists them'}],
		related: ['block', 'unblock'],
		parameters: {},
		run: (_, {account}) => (account === undefined ? {complaint: noAccount} : view({type: 'listBlocked', account})),
	}),
	defineCommand({
		name: 'report',
		aliases: ['blocked report-spam'],
		summary: 'Block somebody and tell the operator of your server why',
		details: [
			'The operator learns whom you report, why, what you add, and which messages in your archive on the server came from them: their ids, not their texts.',
			'Without a reason it is spam. In the conversation with them the name can be left out.',
			'Not every server takes reports; yours says so if it does not, and then nobody is blocked.',
		],
		examples: [
			{input: '/report tybalt@example.net', does: 'reports spam'},
			{
				input: '/report tybalt@example.net abuse He threatens my cousin',
				does: 'reports something worse, and says what',
			},
			{input: '/report spam', does: 'reports whom this buffer is about'},
		],
		related: ['block', 'requests', 'clean'],
		parameters: {who: reported(), reason: reasonOrWord(), text: optional(label())},
		run({who, reason, text = ''}, {account, jid, kind}) {
			const here =
				kind === 'chat' && account !== undefined && jid !== undefined ? {account, jid: bareOf(jid)} : undefined;
			const peer = typeof who === 'string' ? here : who;
			if (peer === undefined) {
				return {complaint: {code: 'missing-word', message: 'Whom? Say who is reported.'}, about: 'who'};
			}

			// In a chat the reason may be the first word, and what follows is already what is said about it.
			const [why, word] =
				typeof who === 'string'
					? [who, typeof reason === 'object' ? reason.word : reason]
					: typeof reason === 'object'
						? (['spam', reason.word] as const)
						: [reason ?? 'spam', undefined];
			const words = [word ?? '', text].filter(each => each !== '').join(' ');
			return client('report', {...peer, reason: why, ...(words === '' ? {} : {text: words})});
		},
	}),
];
