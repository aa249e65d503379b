/**
 * What this program uses of the @xmpp/* packages, which ship no types of their own. Only `source/xmpp/` imports them.
 */

declare module '@xmpp/xml' {
	/** ltx's element. Names may carry a prefix when @xmpp/* made it; our parser makes none with a prefix. */
	export class Element {
		constructor(name: string, attrs?: Readonly<Record<string, string>>);
		name: string;
		attrs: Record<string, string>;
		children: Array<Element | string>;
		parent: Element | null;
		/** The name without its prefix. */
		getName(): string;
		/** The namespace a prefix stands for here; without a prefix, the default namespace. */
		findNS(prefix?: string): string | undefined;
		is(name: string, xmlns?: string): boolean;
		toString(): string;
	}
}

declare module '@xmpp/client-core' {
	import type {EventEmitter} from 'node:events';
	import type {Element} from '@xmpp/xml';

	/** What a transport's socket must be for `@xmpp/connection`: it listens to connect, data, error and close. */
	type Socket = EventEmitter & {secure: boolean; write(text: string, done?: (error?: Error | null) => void): void};

	/** The connection's life: socket, parser, stream header, status. `Service` is whatever the transports understand. */
	export class Client<Service = string> extends EventEmitter {
		constructor(options: {readonly domain: string; readonly lang?: string});
		status: string;
		/** Milliseconds that `open` waits for the server's header; 0: for ever. */
		timeout: number;
		socket: Socket | null;
		parser: EventEmitter | null;
		readonly options: {readonly domain: string; readonly lang?: string};
		readonly transports: unknown[];
		connect(service: Service): Promise<void>;
		open(options: {readonly domain: string; readonly lang?: string | undefined}): Promise<Element>;
		/** Opens the stream anew over the same socket. */
		restart(): Promise<Element>;
		isSecure(): boolean;
		isStanza(element: Element): boolean;
		send(element: Element): Promise<void>;
		sendMany(elements: readonly Element[]): Promise<void>;
		header(element: Element): string;
		_onData(data: Uint8Array): void;
		_onElement(element: Element): void;
		_streamError(condition: string): Promise<void>;
		_detachParser(): void;
		/** Takes the address that binding gave. */
		_jid(text: string): unknown;
		/** The login is done: `online` is emitted. */
		_ready(): void;
	}
}

declare module '@xmpp/connection-tcp' {
	/** Stream header and footer over TCP (RFC 6120 §4.7). Its prototype names the classes in use. */
	export default class ConnectionTCP<Service = string> {
		NS: string;
		Socket: unknown;
		Parser: unknown;
		socketParameters(service: Service): unknown;
	}
}

declare module '@xmpp/middleware' {
	import type {Client} from '@xmpp/client-core';
	import type {Element} from '@xmpp/xml';

	export type Step<Entity> = (
		context: {readonly entity: Entity; readonly stanza: Element},
		next: () => Promise<void>,
		feature: Element,
	) => Promise<void>;

	export type Middleware<Entity> = {use(step: Step<Entity>): void};

	/** Runs each element that `entity` emits through the steps in order; what a step throws is emitted as `error`. */
	export default function middleware<Entity extends Client<never>>(parts: {
		readonly entity: Entity;
	}): Middleware<Entity>;
}

declare module '@xmpp/stream-features' {
	import type {Middleware, Step} from '@xmpp/middleware';

	export type StreamFeatureSteps<Entity> = {use(name: string, namespace: string, step: Step<Entity>): void};

	/** Runs a step when the server's features hold an element of that name and namespace. */
	export default function streamFeatures<Entity>(parts: {
		readonly middleware: Middleware<Entity>;
	}): StreamFeatureSteps<Entity>;
}

declare module '@xmpp/resource-binding' {
	import type {StreamFeatureSteps} from '@xmpp/stream-features';
	import type {Element} from '@xmpp/xml';

	/** Binds a resource (RFC 6120 §7) when the features offer it, then calls the entity's `_jid` and `_ready`. */
	export default function resourceBinding<Entity>(
		parts: {
			readonly streamFeatures: StreamFeatureSteps<Entity>;
			/** Sends `child` in an iq of type set and answers with the child of the result. */
			readonly iqCaller: {set(child: Element): Promise<{getChildText(name: string): string | null}>};
		},
		resource?: string,
	): void;
}
