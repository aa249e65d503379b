/** The servers that the same tests run against, one after the other. */
import test, {type ExecutionContext} from 'ava';
import {type Ejabberd, startEjabberd} from './ejabberd.js';
import {type Prosody, startProsody} from './prosody.js';
import type {RosterItem} from './prosody-files.js';

/** What every one of them offers. */
export type TestServer = Prosody | Ejabberd;

export type TestServerOptions = {
	/** Password by localpart. */
	readonly accounts?: Readonly<Record<string, string>>;
	/** Roster by localpart. Only one side of it: name both ends of a mutual subscription. */
	readonly rosters?: Readonly<Record<string, readonly RosterItem[]>>;
	/** It takes files (XEP-0363). */
	readonly uploads?: boolean;
};

export type TestServerKind = {
	readonly name: 'Prosody' | 'ejabberd';
	/** For the domain `example.test`. */
	readonly start: (options?: TestServerOptions) => Promise<TestServer>;
	/** The strongest one that it offers, as xmppc takes it. */
	readonly mechanism: string;
	/** RFC 6121 §3.4. */
	readonly preApproves: boolean;
};

const testServers: readonly TestServerKind[] = [
	{name: 'Prosody', start: startProsody, mechanism: 'SCRAM-SHA-1', preApproves: true},
	{
		name: 'ejabberd',
		start: options => startEjabberd({domain: 'example.test', ...options}),
		mechanism: 'SCRAM-SHA-1-PLUS',
		preApproves: false,
	},
];

/** Starts a server that ends with the test. */
export type Serve = (options?: TestServerOptions) => Promise<TestServer>;

/** A test of what must be the same on every server, one after the other; `serve` starts one with these options but others. */
export function everyServer(
	usual: TestServerOptions,
): (title: string, run: (t: ExecutionContext, serve: Serve, kind: TestServerKind) => Promise<void>) => void {
	return (title, run) => {
		for (const kind of testServers) {
			const serve = (t: ExecutionContext) => async (options?: TestServerOptions) => {
				const server = await kind.start({...usual, ...options});
				t.teardown(() => server.stop());
				return server;
			};
			test.serial(`${kind.name}: ${title}`, t => run(t, serve(t), kind));
		}
	};
}
