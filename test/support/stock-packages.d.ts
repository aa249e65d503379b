/** What the tests use of @xmpp/client 0.14.0, to show what it does: the program itself does without it. */

declare module '@xmpp/client' {
	import type {EventEmitter} from 'node:events';
	import type {Element} from '@xmpp/xml';

	export type StockClient = EventEmitter & {
		readonly status: string;
		readonly reconnect: {stop(): void; reconnect(): Promise<void>};
		readonly streamManagement: EventEmitter & {readonly outbound_q: readonly unknown[]; readonly inbound: number};
		readonly middleware: {
			use(step: (context: {readonly stanza: Element}, next: () => Promise<void>) => Promise<unknown>): void;
		};
		readonly iqCaller: {request(stanza: Element, timeout?: number): Promise<Element>};
		isSecure(): boolean;
		start(): Promise<unknown>;
		stop(): Promise<unknown>;
		send(stanza: Element): Promise<void>;
	};

	export function client(options: {
		readonly service: string;
		readonly domain: string;
		readonly username?: string;
		readonly password?: string;
	}): StockClient;

	export function xml(name: string, attrs?: Readonly<Record<string, string>>, ...children: readonly unknown[]): Element;

	export function jid(text: string): {readonly local: string; readonly domain: string; readonly resource: string};
}
