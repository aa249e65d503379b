import type {AccountTest, ActionInput, ActionName, Actions, Snapshot} from '../../source/model/actions.js';
import type {BlockingActions} from '../../source/model/blocking-actions.js';
import {type Buffer, type BufferId, bufferId, type ConversationKind} from '../../source/model/buffer.js';
import type {Device} from '../../source/model/device.js';
import type {DeviceActions, EncryptionFinding} from '../../source/model/device-actions.js';
import type {Event} from '../../source/model/events.js';
import type {FileActions} from '../../source/model/file-actions.js';
import type {Form} from '../../source/model/form.js';
import type {Message} from '../../source/model/message.js';
import type {MessageActions, MessageDetails} from '../../source/model/message-actions.js';
import type {MessageRequest} from '../../source/model/message-request.js';
import type {ProfileActions} from '../../source/model/profile-actions.js';
import type {RequestActions} from '../../source/model/request-actions.js';
import type {ListedPerson, ListedRoom, Room, RoomListing} from '../../source/model/room.js';
import type {RoomActions} from '../../source/model/room-actions.js';
import type {RoomChallenge} from '../../source/model/room-challenge.js';
import type {RoomProfile} from '../../source/model/room-profile.js';
import {defaultPreferences, type Preferences} from '../../source/model/settings.js';
import type {Vcard} from '../../source/model/vcard.js';
import type {Clock} from '../../source/shared/clock.js';
import {createEmitter} from '../../source/shared/emitter.js';
import {problemOf, XmppcError} from '../../source/shared/errors.js';
import {type BareJid, bareOf, isFullJid, type Jid} from '../../source/shared/jid.js';
import {matchesIn} from '../../source/shared/search-text.js';
import {account, buffer, me} from './support.js';

export type Call = {readonly action: ActionName; readonly input: unknown};

/** An account manager without a network: it remembers what it was asked, and answers as the real one would. */
export type FakeBackend = {
	readonly actions: Actions;
	readonly events: (listener: (event: Event) => void) => () => void;
	readonly calls: Call[];
	emit(event: Event): void;
	/** Inputs of the calls of one verb. */
	asked(action: ActionName): readonly unknown[];
	/** The next call of the verb is refused with this, or with `always` each from now on. */
	refuse(action: ActionName, error: Error, always?: 'always'): void;
	/** The next call of the verb is answered only when the function that this returns is called. */
	delay(action: ActionName): () => void;
	/** What login tests find, in turn; after the last one they succeed. */
	readonly tests: AccountTest[];
	/** What a file is that was got. */
	readonly saved: {path: string; isRisky: boolean};
	/** What rooms answer. */
	readonly rooms: RoomAnswers;
	/** The devices that are known, whosever they are. */
	readonly devices: Device[];
	/** What looking for faults of encryption finds. */
	readonly findings: EncryptionFinding[];
	/** What is known of messages besides themselves. */
	readonly details: {-readonly [Name in keyof Omit<MessageDetails, 'message'>]?: MessageDetails[Name]};
	/** Recorded history by buffer, ascending. */
	readonly history: Map<BufferId, Message[]>;
};

/** What is asked of rooms, to be filled by a test. */
export type RoomAnswers = {
	configuration: Form;
	registration?: Form;
	/** Rooms that are entered were not there before. */
	created: boolean;
	listed: ListedRoom[];
	/** There are more than are listed. */
	isCut?: true;
	affiliated: ListedPerson[];
	/** What a room tells about itself, besides that it is one. */
	profile: Partial<RoomProfile>;
	/** The card of whoever is asked for. */
	card?: Vcard;
	/** Pictures that presence tells of. */
	announced: readonly string[];
	/** The account's own card, as a form. */
	ownCard?: Form;
	challenge: RoomChallenge;
};

const emptyForm: Form = {type: 'form', instructions: [], fields: [], reported: [], items: []};

export const refusal = (code: string, message: string, hint = 'Try something else.') =>
	new XmppcError({code, kind: 'unavailable', message, hint});

export function createFakeBackend(clock: Clock, snapshot: Partial<Snapshot> = {}): FakeBackend {
	const emitter = createEmitter<Event>();
	const calls: Call[] = [];
	const refusals = new Map<ActionName, Error>();
	const lasting = new Set<ActionName>();
	const delays = new Map<ActionName, Promise<void>>();
	const tests: AccountTest[] = [];
	const history = new Map<BufferId, Message[]>();
	const devices: Device[] = [];
	const findings: EncryptionFinding[] = [];
	const details: FakeBackend['details'] = {};
	const rooms: RoomAnswers = {
		configuration: emptyForm,
		created: false,
		listed: [],
		affiliated: [],
		profile: {},
		announced: [],
		challenge: {form: emptyForm, pictures: []},
	};
	let sent = 0;
	let preferences: Preferences = snapshot.preferences ?? defaultPreferences;

	const verb =
		<Name extends ActionName, Result>(action: Name, work: (input: ActionInput<Name>) => Result) =>
		async (input: ActionInput<Name>): Promise<Result> => {
			calls.push({action, input});
			const delayed = delays.get(action);
			if (delayed !== undefined) {
				delays.delete(action);
				await delayed;
			}

			const refused = refusals.get(action);
			if (refused !== undefined) {
				if (!lasting.has(action)) {
					refusals.delete(action);
				}

				throw refused;
			}

			return work(input);
		};

	/** Rooms that were entered, in the snapshot or since. */
	const entered = new Map<string, Room>((snapshot.rooms ?? []).map(({room}) => [room.jid, room]));
	emitter.subscribe(event => {
		if (event.type === 'room.changed') {
			entered.set(event.room.jid, event.room);
		}
	});
	const kindOf = (jid: Jid): ConversationKind =>
		entered.has(bareOf(jid)) ? (isFullJid(jid) ? 'private' : 'room') : 'chat';
	const open = (jid: Jid, owner: BareJid): Buffer => {
		const kind = kindOf(jid);
		const whom = kind === 'private' ? jid : bareOf(jid);
		const opened = {...buffer(bareOf(jid), {account: owner, kind, id: bufferId(owner, kind, whom)}), jid: whom};
		emitter.emit({type: 'buffer.opened', buffer: opened});
		return opened;
	};

	/** A room is open as soon as it is asked for entry, and says how that ends. */
	const joinRoom = verb('joinRoom', () => ({created: rooms.created}));
	const enter: RoomActions['joinRoom'] = async input => {
		const {account: owner, room: jid, nick = 'juliet'} = input;
		const {reason: _, alternative: __, ...known} = entered.get(jid) ?? {features: {}};
		const room: Room = {...known, account: owner, jid, buffer: bufferId(owner, 'room', jid), status: 'joining', nick};
		entered.set(jid, room);
		open(jid, owner);
		emitter.emit({type: 'room.changed', room});
		try {
			const answer = await joinRoom(input);
			emitter.emit({type: 'room.changed', room: {...room, status: 'joined'}});
			return answer;
		} catch (error) {
			const isAsked = problemOf(error).code === 'room-captcha';
			const refused: Room = isAsked ? {...room, challenged: true} : {...room, status: 'refused'};
			emitter.emit({type: 'room.changed', room: refused});
			throw error;
		}
	};

	const listing = (service: BareJid): RoomListing => ({
		service,
		rooms: rooms.listed,
		...(rooms.isCut ? {isCut: true} : {}),
	});
	/** It asks no more: it lets the person in, or does not. */
	const decided = (jid: BareJid, change: Partial<Room>) => {
		const {challenged: _, ...room} = entered.get(jid) ?? {};
		if ('buffer' in room) {
			emitter.emit({type: 'room.changed', room: {...room, ...change} as Room});
		}
	};

	const nothing = () => undefined;
	const inRooms: RoomActions = {
		joinRoom: enter,
		roomChallenge: verb('roomChallenge', () => rooms.challenge),
		answerRoomChallenge: verb('answerRoomChallenge', ({room}) => {
			decided(room, {status: 'joined'});
			return {created: rooms.created};
		}),
		declineRoomChallenge: verb('declineRoomChallenge', ({room}) => {
			decided(room, {status: 'refused', reason: `${room} was not entered.`});
		}),
		saveChallengePicture: verb('saveChallengePicture', () => ({path: '/tmp/xmppc-abc/captcha.png'})),
		leaveRoom: verb('leaveRoom', nothing),
		changeNick: verb('changeNick', nothing),
		setSubject: verb('setSubject', nothing),
		inviteToRoom: verb('inviteToRoom', nothing),
		declineInvitation: verb('declineInvitation', nothing),
		setRole: verb('setRole', nothing),
		setAffiliation: verb('setAffiliation', nothing),
		listAffiliated: verb('listAffiliated', ({affiliation}) =>
			rooms.affiliated.filter(each => each.affiliation === affiliation),
		),
		roomConfiguration: verb('roomConfiguration', () => rooms.configuration),
		configureRoom: verb('configureRoom', nothing),
		destroyRoom: verb('destroyRoom', nothing),
		roomRegistration: verb('roomRegistration', () =>
			rooms.registration === undefined ? {} : {form: rooms.registration},
		),
		registerInRoom: verb('registerInRoom', nothing),
		reservedNick: verb('reservedNick', () => ({})),
		ignoreOccupant: verb('ignoreOccupant', ({account: owner, room, nick}) => ({
			ignored: {account: owner, room, nick, knownBy: 'nick' as const, value: nick},
		})),
		unignoreOccupant: verb('unignoreOccupant', ({account: owner, room, nick}) => ({
			heard: [{account: owner, room, nick, knownBy: 'nick' as const, value: nick}],
		})),
		listIgnored: verb('listIgnored', () => []),
		requestVoice: verb('requestVoice', nothing),
		setBookmark: verb('setBookmark', nothing),
		removeBookmark: verb('removeBookmark', nothing),
		listRooms: verb('listRooms', ({service = 'rooms.example.org' as BareJid}) => listing(service)),
		findRooms: verb('findRooms', ({service = 'search.example.org' as BareJid}) => listing(service)),
	};
	const told: ProfileActions = {
		roomProfile: verb('roomProfile', ({room}) => ({
			room,
			features: {},
			contacts: [],
			pages: [],
			announced: [],
			...rooms.profile,
		})),
		vcard: verb('vcard', ({account: owner, jid = owner}) => ({
			jid,
			announced: rooms.announced,
			...(rooms.card === undefined ? {} : {card: rooms.card}),
		})),
		vcardForm: verb('vcardForm', () => rooms.ownCard ?? emptyForm),
		saveVcard: verb('saveVcard', nothing),
		publishNick: verb('publishNick', nothing),
	};
	/** Of the account or of somebody: as the real one would tell them. */
	const devicesOf = (owner: BareJid, of: BareJid) =>
		devices.filter(each => each.account === owner && each.owner === of);
	const replaceDevice = (isMeant: (device: Device) => boolean, change: Partial<Device>) => {
		for (const [index, device] of devices.entries()) {
			if (isMeant(device)) {
				devices[index] = {...device, ...change};
				emitter.emit({type: 'devices.changed', account: device.account, owner: device.owner});
			}
		}
	};
	const ownDevice = (owner: BareJid): Device => {
		const found = devices.find(each => each.account === owner && each.isThis === true);
		if (found === undefined) {
			throw refusal('encryption-unavailable', 'There is no encryption yet.');
		}

		return found;
	};
	const ofDevices: DeviceActions = {
		listDevices: verb('listDevices', ({account: owner, owner: of = owner}) => devicesOf(owner, of)),
		setTrust: verb('setTrust', ({account: owner, owner: of, fingerprint, trust}) => {
			const isMeant = (each: Device) => each.account === owner && each.owner === of && each.fingerprint === fingerprint;
			if (!devices.some(isMeant)) {
				throw refusal('no-such-device', `${of} was never seen with that key.`);
			}

			replaceDevice(isMeant, {trust});
		}),
		removeDevice: verb('removeDevice', ({account: owner, id}) =>
			replaceDevice(each => each.account === owner && each.owner === owner && each.id === id, {active: false}),
		),
		labelDevice: verb('labelDevice', nothing),
		chooseEncryption: verb('chooseEncryption', nothing),
		resetSessions: verb('resetSessions', () => ({count: 2})),
		diagnoseEncryption: verb('diagnoseEncryption', () => findings),
		resetIdentity: verb('resetIdentity', ({account: owner}) => ownDevice(owner)),
		exportKeys: verb('exportKeys', nothing),
		importKeys: verb('importKeys', ({account: owner}) => ownDevice(owner)),
	};
	const aboutMessages: MessageActions = {
		correctMessage: verb('correctMessage', () => ({key: clock.now() * 1024 + sent++, state: 'queued' as const})),
		retractMessage: verb('retractMessage', () => ({key: clock.now() * 1024 + sent++})),
		moderateMessage: verb('moderateMessage', nothing),
		react: verb('react', () => ({key: clock.now() * 1024 + sent++})),
		messageDetails: verb('messageDetails', ({key}) => {
			const message = [...history.values()].flat().find(each => each.key === key);
			if (message === undefined) {
				throw refusal('no-such-message', 'There is no such message.');
			}

			return {message, versions: [], readers: [], ...details};
		}),
		setTyping: verb('setTyping', nothing),
	};
	/** Whom each account blocks, and who waits: as the real one would tell them. */
	const blocked = new Map<BareJid, readonly Jid[]>(
		(snapshot.blocked ?? []).map(({account: owner, jids}) => [owner, jids]),
	);
	const requests = new Map<BufferId, MessageRequest>((snapshot.messageRequests ?? []).map(each => [each.buffer, each]));
	emitter.subscribe(event => {
		if (event.type === 'request.changed') {
			requests.set(event.request.buffer, event.request);
		}
	});
	const resolve = ({account: owner, buffer: id}: MessageRequest) => {
		requests.delete(id);
		emitter.emit({type: 'request.resolved', account: owner, buffer: id});
	};
	const requestOf = (owner: BareJid, jid: Jid) =>
		[...requests.values()].find(each => each.account === owner && each.jid === jid);
	const setBlocked = (owner: BareJid, jids: readonly Jid[]) => {
		blocked.set(owner, jids);
		emitter.emit({type: 'blocklist.changed', account: owner, blocked: jids});
		for (const request of [...requests.values()].filter(each => jids.includes(each.jid))) {
			resolve(request);
		}
	};
	const againstOthers: BlockingActions = {
		block: verb('block', ({account: owner, jid}) => setBlocked(owner, [...(blocked.get(owner) ?? []), jid])),
		unblock: verb('unblock', ({account: owner, jid}) => {
			const before = blocked.get(owner) ?? [];
			const unblocked = jid === undefined ? before : before.filter(each => each === jid);
			setBlocked(
				owner,
				before.filter(each => !unblocked.includes(each)),
			);
			return {unblocked};
		}),
		listBlocked: verb('listBlocked', ({account: owner}) => blocked.get(owner) ?? []),
		report: verb('report', ({account: owner, jid}) => {
			setBlocked(owner, [...(blocked.get(owner) ?? []), jid]);
			return {messages: 2};
		}),
	};
	const toStrangers: RequestActions = {
		acceptRequest: verb('acceptRequest', ({account: owner, jid}) => {
			const request = requestOf(owner, jid);
			emitter.emit({type: 'subscription.resolved', account: owner, jid: bareOf(jid)});
			if (request === undefined) {
				return {};
			}

			const opened = open(jid, owner);
			resolve(request);
			return {buffer: opened};
		}),
		declineRequest: verb('declineRequest', ({account: owner, jid}) => {
			const request = requestOf(owner, jid);
			emitter.emit({type: 'subscription.resolved', account: owner, jid: bareOf(jid)});
			if (request !== undefined) {
				resolve(request);
			}
		}),
	};
	const saved = {path: '/home/juliet/Downloads/balcony.jpg', isRisky: false};
	const ofFiles: FileActions = {
		sendFiles: verb('sendFiles', () => ({messages: []})),
		uploadFile: verb('uploadFile', () => ({url: 'https://upload.example.org/x'})),
		downloadFile: verb('downloadFile', () => ({...saved})),
		cancelTransfer: verb('cancelTransfer', () => {}),
		retryTransfer: verb('retryTransfer', () => {}),
	};
	const actions: Actions = {
		...ofFiles,
		...inRooms,
		...againstOthers,
		...toStrangers,
		...ofDevices,
		...aboutMessages,
		...told,
		snapshot: verb('snapshot', () => ({
			accounts: [account()],
			contacts: [],
			presence: [],
			requests: [],
			buffers: [],
			...snapshot,
		})),
		listAccounts: verb('listAccounts', () => snapshot.accounts ?? []),
		addAccount: verb('addAccount', ({jid, secrets}) => {
			const added = account({jid, status: 'offline', secrets: secrets ?? 'keychain'});
			emitter.emit({type: 'account.changed', account: added});
			return added;
		}),
		removeAccount: verb('removeAccount', ({account: jid}) => emitter.emit({type: 'account.removed', account: jid})),
		testAccount: verb('testAccount', input => {
			const jid = 'candidate' in input ? input.candidate.jid : input.account;
			const security = {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256', certificate: 'ab'.repeat(32)};
			const success: AccountTest = {ok: true, jid, security, features: []};
			return tests.shift() ?? success;
		}),
		unlock: verb('unlock', nothing),
		connect: verb('connect', ({account: jid}) =>
			emitter.emit({type: 'account.changed', account: account({jid, status: 'online'})}),
		),
		disconnect: verb('disconnect', ({account: jid}) =>
			emitter.emit({type: 'account.changed', account: account({jid, status: 'offline'})}),
		),
		setPresence: verb('setPresence', nothing),
		withdrawMessage: verb('withdrawMessage', () => ({withdrawn: true})),
		sendMessage: verb('sendMessage', ({account: owner, to, body}) => {
			const {id} = open(to, owner);
			const key = clock.now() * 1024 + sent++;
			emitter.emit({
				type: 'message.recorded',
				message: {
					key,
					account: owner,
					buffer: id,
					kind: kindOf(to) === 'room' ? 'groupchat' : 'chat',
					direction: 'outgoing',
					author: me,
					body,
					receivedAt: clock.now(),
					via: 'local',
					state: 'queued',
				},
			});
			return {key, id: `id-${key}`, state: 'queued' as const};
		}),
		addContact: verb('addContact', nothing),
		removeContact: verb('removeContact', nothing),
		renameContact: verb('renameContact', nothing),
		setContactGroups: verb('setContactGroups', nothing),
		acceptSubscription: verb('acceptSubscription', nothing),
		denySubscription: verb('denySubscription', nothing),
		openBuffer: verb('openBuffer', ({account: owner, jid}) => open(jid, owner)),
		closeBuffer: verb('closeBuffer', ({buffer: id}) => emitter.emit({type: 'buffer.closed', buffer: id})),
		loadHistory: verb('loadHistory', ({buffer: id, before, after, around, limit}) => {
			const stored = history.get(id) ?? [];
			if (around !== undefined) {
				const half = Math.ceil(limit / 2);
				const older = stored.filter(each => each.key < around);
				const newer = stored.filter(each => each.key >= around);
				emitter.emit({
					type: 'history.loaded',
					buffer: id,
					messages: [...older.slice(-half), ...newer.slice(0, limit - half)],
					complete: older.length <= half,
					around: {key: around, last: newer.length <= limit - half},
				});
				return;
			}

			if (after !== undefined) {
				const newer = (history.get(id) ?? []).filter(each => each.key > after);
				emitter.emit({
					type: 'history.loaded',
					buffer: id,
					messages: newer.slice(0, limit),
					complete: after === 0,
					following: {key: after, last: newer.length <= limit},
				});
				return;
			}

			const all = (history.get(id) ?? []).filter(each => before === undefined || each.key < before);
			emitter.emit({
				type: 'history.loaded',
				buffer: id,
				messages: all.slice(-limit),
				complete: all.length <= limit,
			});
		}),
		// By words alone, in the bodies of the histories: how filters work is the storage's matter.
		exportHistory: verb('exportHistory', ({buffer: of}) => ({messages: history.get(of)?.length ?? 0})),
		searchMessages: verb('searchMessages', ({query, buffer: only, before, after, limit}) => {
			const wanted = query.terms.filter(term => term.excluded !== true);
			const hits = [...history]
				.flatMap(([id, messages]) => (only === undefined || only === id ? messages : []))
				.filter(({body}) => wanted.every(term => matchesIn(body, [term]).length > 0))
				.filter(({key}) => key < (before ?? Number.MAX_SAFE_INTEGER) && key > (after ?? -1))
				.filter(({highlight}) => query.filters.every(({value}) => value !== 'highlight') || highlight === true)
				.sort((one, other) => other.key - one.key);
			const page = after === undefined ? hits.slice(0, limit) : hits.slice(-limit);
			return {hits: page, complete: hits.length <= limit};
		}),
		markRead: verb('markRead', ({buffer: id, upTo}) =>
			emitter.emit({type: 'buffer.unread', buffer: id, unread: 0, highlights: 0, readUpTo: upTo}),
		),
		arrangeBuffer: verb('arrangeBuffer', ({buffer: id, markers, ...arrangement}) =>
			emitter.emit({
				type: 'buffer.changed',
				buffer: id,
				arrangement: markers === undefined || markers === 'default' ? arrangement : {...arrangement, markers},
			}),
		),
		ping: verb('ping', () => 23.4),
		softwareVersion: verb('softwareVersion', () => ({name: 'Gajim', version: '2.0', os: 'Linux'})),
		archivePolicy: verb('archivePolicy', () => ({policy: 'always'})),
		saveView: verb('saveView', nothing),
		setAttention: verb('setAttention', nothing),
		setIdle: verb('setIdle', nothing),
		watchXml: verb('watchXml', nothing),
		changeSetting: verb('changeSetting', ({name, value}) => {
			preferences = {...preferences, [name]: value ?? defaultPreferences[name]};
			emitter.emit({type: 'preferences.changed', preferences});
		}),
		reloadSettings: verb('reloadSettings', () => ({changed: []})),
	};

	return {
		actions,
		events: emitter.subscribe,
		calls,
		saved,
		emit: emitter.emit,
		asked: action => calls.filter(call => call.action === action).map(call => call.input),
		refuse(action, error, always) {
			refusals.set(action, error);
			if (always !== undefined) {
				lasting.add(action);
			}
		},
		delay(action) {
			let answer = () => {};
			delays.set(
				action,
				new Promise(resolve => {
					answer = resolve;
				}),
			);
			return () => answer();
		},
		tests,
		history,
		rooms,
		devices,
		findings,
		details,
	};
}
