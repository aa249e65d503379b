import type {BufferId} from '../model/buffer.js';
import type {EventOf} from '../model/events.js';
import type {Clock} from '../shared/clock.js';
import {reduce} from '../store/reduce.js';
import {roomOf} from '../store/room-selectors.js';
import {bufferOf} from '../store/selectors.js';
import {initialState, type State, type StoreEvent} from '../store/state.js';
import {createStore} from '../store/store.js';
import {reportIdleness} from './app/idle-watch.js';
import {createXmlConsole, passedText} from './app/xml-watch.js';
import type {Backend} from './backend.js';
import {createDeviceWatch} from './devices/device-watch.js';
import {type Calendar, systemCalendar} from './panes/calendar.js';
import {createRoomKindWatch} from './panes/room-kind-watch.js';
import {bufferName} from './panes/words.js';
import {createAnnouncer} from './plain/announcements.js';
import {briefWording} from './plain/brief-wording.js';
import {converse, type Ending, type Interruption, welcome} from './plain/conversation.js';
import {createLineAttention} from './plain/line-attention.js';
import {createLineCalls} from './plain/line-calls.js';
import {type LineStream, readLines} from './plain/line-input.js';
import {createLineQueue, type LineQueue} from './plain/line-queue.js';
import {createLineReading} from './plain/line-reading.js';
import {createPlainSession} from './plain/plain-session.js';
import {createPrinter, type Printer} from './plain/printer.js';
import {spokenWording} from './plain/spoken-wording.js';
import {createTranscript} from './plain/transcript.js';
import type {Wording} from './plain/wording.js';
import {createLaunch, type Launch} from './terminal/launch.js';

export type PlainOptions = {
	/** Opens the profile and makes the account manager. A refusal is what `startPlain` rejects with. */
	open(): Promise<Backend>;
	readonly stdin: LineStream;
	readonly stdout: {readonly isTTY?: boolean; write(text: string): unknown};
	readonly clock: Clock;
	/** Ends the line mode at once (a signal). */
	readonly interrupted?: AbortSignal;
	readonly calendar?: Calendar;
	/** Roles and states in words, and more of them, for a screen reader. */
	readonly spoken?: boolean;
	/** Whether the person's program is started for notifications: not beside another front end, which does so. */
	readonly calls?: boolean;
	/** How programs are started. Absent: as the system does. */
	readonly launch?: Launch;
};

/** Why the line mode ended: `/quit`, the end of its input, or `interrupted`. */
export type PlainExit = {
	readonly type: Ending;
	/** Messages that our server has not confirmed; they wait in the outbox for the next start. */
	readonly waiting: number;
	/** Lines of text out of a pipe that were refused or failed: nobody gets them. */
	readonly unsent: number;
};

/** Milliseconds without news of any message that is still on its way when the input has ended. */
const longestWait = 30_000;
const waitStep = 100;

/**
 * The line mode: appends lines of text and reads lines, with the same commands as the screen and no control sequence.
 * For `--plain`, `TERM=dumb`, pipes and scripts. At the end of the input it waits until what was sent is confirmed.
 */
export async function startPlain(options: PlainOptions): Promise<PlainExit> {
	const {stdin, stdout, clock, calendar = systemCalendar} = options;
	const interactive = stdin.isTTY === true && stdout.isTTY === true;
	const wording = options.spoken === true ? spokenWording : briefWording;
	const printer = createPrinter(text => stdout.write(text), interactive, !wording.spoken);
	const queue = createLineQueue();
	const interrupted = createInterruption(options.interrupted, queue);
	const {actions, events, snapshot} = await options.open();
	const store = createStore<State, StoreEvent>(reduce, initialState, flush => flush());
	const transcript = createTranscript({
		state: store.get,
		print: printer.print,
		wording,
		calendar,
		now: clock.now,
		echo: !interactive,
		active: () => session.active(),
	});
	const announcer = createAnnouncer({clock, state: store.get, print: printer.print, active: () => session.active()});
	const roomKinds = createRoomKindWatch();
	const placed = (buffer: BufferId, text: string) => {
		const info = buffer === session.active() ? undefined : bufferOf(store.get(), buffer)?.info;
		return info === undefined ? text : `${bufferName(store.get(), info)}: ${text}`;
	};
	const devices = createDeviceWatch({
		store,
		actions,
		tell: ({buffer, ...news}) => printer.print(wording.notice({...news, text: placed(buffer, news.text)})),
	});
	const xml = createXmlConsole({actions, show: showXml(printer, wording), replace() {}});
	const calls = createLineCalls({
		clock,
		calendar,
		wording,
		printer,
		interactive,
		launch: options.calls === true ? (options.launch ?? createLaunch()) : undefined,
		state: store.get,
		active: () => session.active(),
	});
	const session = createPlainSession({
		store,
		actions,
		transcript,
		wording,
		xml,
		calendar,
		now: clock.now,
		interactive,
		attend: devices.attend,
		print: printer.print,
		testNotification: calls.test,
	});
	const refuse = (error: unknown) => {
		printer.print(wording.notice({level: 'error', text: error instanceof Error ? error.message : String(error)}));
	};
	const reading = createLineReading({actions, active: () => session.active(), isRead: calls.isRead, refuse});
	const touched = () => {
		calls.touched();
		reading.touched();
	};
	const idleness = reportIdleness(clock, idle => {
		actions.setIdle(idle).catch(refuse);
	});
	// Nobody sits at a pipe, and nobody goes away from it.
	const attention = interactive ? createLineAttention(clock, actions, refuse) : undefined;
	const heard = (line: string) => {
		idleness.touched();
		attention?.touched();
		queue.push(line);
	};
	const input = readLines(stdin, heard, queue.end, () => session.dialog()?.cancel());
	const deafen = events(event => {
		if (event.type === 'xml.passed') {
			xml.hear(event);
			return;
		}

		store.dispatch(event);
		transcript.hear(event);
		for (const {buffer, ...news} of roomKinds.hear(event)) {
			const where = buffer === session.active() ? '' : `${roomOf(store.get(), buffer)?.jid ?? ''}: `;
			printer.print(wording.notice({...news, text: `${where}${news.text}`}));
		}

		calls.hear(event);
		devices.hear(event);
		if (wording.spoken) {
			announcer.hear(event);
		}

		if (event.type === 'message.recorded' && event.message.direction === 'incoming' && !event.past) {
			reading.arrived(event.message);
		}
	});

	try {
		store.dispatch({type: 'snapshot.loaded', snapshot: snapshot ?? (await actions.snapshot({}))});
		roomKinds.begin(Object.values(store.get().rooms));
		transcript.begin();
		announcer.begin();
		await welcome(store.get(), session, actions, printer, wording);
		const type = await converse({
			session,
			queue,
			hide: input.hide,
			printer,
			wording,
			interactive,
			interrupted,
			touched,
		});
		if (type !== 'interrupted') {
			const waiting = () => (isHopeless(store.get()) ? 0 : transcript.waiting());
			await confirmed(waiting, clock, interrupted);
			printer.print(unconfirmedText(transcript.waiting(), wording));
		}

		await actions.saveView({active: session.active()});
		return {type, waiting: transcript.waiting(), unsent: interactive ? 0 : session.unsent() + transcript.failed()};
	} finally {
		deafen();
		announcer.close();
		calls.close();
		input.close();
		idleness.close();
		attention?.close();
	}
}

function createInterruption(signal: AbortSignal | undefined, queue: LineQueue): Interruption {
	signal?.addEventListener('abort', queue.end, {once: true});
	return {happened: () => signal?.aborted === true};
}

function showXml({print}: Printer, {spoken, remark, more}: Wording): (xml: EventOf<'xml.passed'>) => void {
	return xml =>
		print([
			remark(passedText(xml)),
			...xml.text.split('\n').map(line => more(spoken ? line.trim() : line.replaceAll('\t', '  '))),
		]);
}

/** No account will come online by itself. */
function isHopeless({accounts}: State): boolean {
	return accounts.every(({status}) => status === 'failed' || status === 'locked');
}

/** Waits until no message is on its way, and not longer than for a while in which nothing becomes of any. */
async function confirmed(waiting: () => number, clock: Clock, interrupted: Interruption): Promise<void> {
	let count = waiting();
	let end = clock.monotonic() + longestWait;
	while (count > 0 && !interrupted.happened() && clock.monotonic() < end) {
		await new Promise<void>(resolve => clock.after(waitStep, resolve));
		const left = waiting();
		if (left !== count) {
			count = left;
			end = clock.monotonic() + longestWait;
		}
	}
}

function unconfirmedText(count: number, wording: Wording): readonly string[] {
	if (count === 0) {
		return [];
	}

	const text = `${count} ${count === 1 ? 'message was' : 'messages were'} not confirmed by your server.`;
	return wording.notice({level: 'warning', text, hint: 'What was not sent yet is sent at the next start.'});
}
