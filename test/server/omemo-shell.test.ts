/** End-to-end encryption from a shell: what `xmppc send` and `xmppc omemo` do on real servers, alone and through a client that runs. */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import type {AccountSettings} from '../../source/model/account.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount, runProgram, type Xmppc} from '../support/peers/xmppc.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {isPublished} from './encrypting.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const nurse = addressOf('nurse@example.test');
const accounts = {juliet: 'pencil', romeo: 'pencil', nurse: 'pencil'};
/** Who is a contact hears of new devices. */
const rosters = {
	juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
	romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
	// She is no stranger there, and no more.
	nurse: [{jid: 'juliet@example.test', subscription: 'none' as const}],
};
const onEveryServer = everyServer({accounts, rosters});

type Person = Client & Profile & {readonly saw: Recorder};

/** A client in this process with a device of its own. */
async function online(t: ExecutionContext, server: TestServer, jid: BareJid, encrypts = true): Promise<Person> {
	const account: Omit<AccountSettings, 'enabled' | 'secrets'> = {
		jid,
		host: '127.0.0.1',
		port: server.port,
		tlsCa: server.caFile,
	};
	const profile = await profileWith(t, [account], {'omemo.default': encrypts ? 'on' : 'off'});
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	const person = {...profile, ...client, saw: record(client.events)};
	await person.actions.connect({account: jid});
	if (encrypts) {
		await isPublished({...person, jid});
	}

	return person;
}

async function julietAt(t: ExecutionContext, server: TestServer): Promise<Xmppc> {
	const xmppc = await makeXmppcAccount(server, 'juliet', accounts.juliet, {directTls: true});
	t.teardown(xmppc.remove);
	return xmppc;
}

const heard = async ({saw}: Person, body: string) =>
	(await saw.until('message.recorded', ({message}) => message.direction === 'incoming' && message.body === body))
		.message;

/** What the person has heard so far, whatever it says. */
const bodies = ({saw}: Person) =>
	saw.all('message.recorded').flatMap(({message}) => (message.direction === 'incoming' ? [message.body] : []));

/** The ways in which a one-liner gets its message out. */
const ways = [
	{way: 'alone', prepare: async () => {}},
	{
		way: 'through a daemon',
		async prepare(t: ExecutionContext, xmppc: Xmppc) {
			const daemon = startStaying(xmppc, ['daemon']);
			t.teardown(() => daemon.end('SIGKILL'));
			await daemon.says(/is connected/);
		},
	},
];

for (const {way, prepare} of ways) {
	onEveryServer(`a one-liner ${way} is encrypted for whoever can read it, and for nobody else`, async (t, serve) => {
		const server = await serve();
		const [his, hers] = [await online(t, server, romeo), await online(t, server, nurse, false)];
		const xmppc = await julietAt(t, server);
		await prepare(t, xmppc);

		const sent = await xmppc.run(['send', '--json', romeo, nurse, 'Wherefore art thou?']);
		t.is(sent.errors, '');
		const [toHim = '', toHer = ''] = sent.output.trim().split('\n');
		t.like(JSON.parse(toHim), {to: romeo, state: 'acked', encryption: 'omemo'});
		t.is(JSON.parse(toHer).encryption, undefined);
		t.like(await heard(his, 'Wherefore art thou?'), {encryption: 'omemo', deviceTrust: 'blind'});
		t.is((await heard(hers, 'Wherefore art thou?')).encryption, undefined);

		t.is((await xmppc.run(['send', romeo, 'Deny thy father'])).status, 0);
		t.is((await heard(his, 'Deny thy father')).encryption, 'omemo');

		const refused = await xmppc.run(['send', '--omemo', 'require', nurse, 'A secret']);
		t.is(refused.status, 77);
		t.regex(
			refused.errors,
			/^xmppc: Nothing was sent to nurse@example\.test: .*device.*--omemo off sends in clear\)\n$/,
		);

		const inClear = await xmppc.run(['send', '--omemo', 'off', romeo, 'For all to read']);
		t.is(inClear.status, 0);
		t.regex(inClear.errors, /romeo@example\.test was sent in clear/);
		t.is((await heard(his, 'For all to read')).encryption, undefined);
		t.is((await xmppc.run(['send', romeo, nurse, 'And now?'])).status, 0);
		t.is((await heard(his, 'And now?')).encryption, 'omemo');
		await heard(hers, 'And now?');
		t.false(bodies(hers).includes('A secret'));
	});

	onEveryServer(`a device that has to be decided about stops a one-liner ${way}, until it is`, async (t, serve) => {
		const server = await serve();
		const his = await online(t, server, romeo);
		const xmppc = await julietAt(t, server);
		await prepare(t, xmppc);
		t.is((await xmppc.run(['send', romeo, 'Ay me'])).status, 0);
		await heard(his, 'Ay me');

		const [mine] = await his.actions.listDevices({account: romeo});
		const printed = await xmppc.run(['omemo', 'fingerprint', romeo]);
		const key = printed.output.split('\n')[1]?.trim() ?? '';
		t.is<string | undefined, string | undefined>(key.replaceAll(' ', ''), mine?.fingerprint);
		t.is((await xmppc.run(['omemo', 'verify', romeo, ...key.split(' ')])).status, 0);

		const another = await online(t, server, romeo);
		const [second] = await another.actions.listDevices({account: romeo});
		const seconds = String(second?.id);
		const stopped = await xmppc.run(['send', romeo, 'Art thou not Romeo?']);
		t.is(stopped.status, 77);
		t.regex(
			stopped.errors,
			/^xmppc: Nothing was sent to romeo@example\.test: .* has a new device .*nothing is sent.*xmppc omemo devices.*\n$/,
		);
		t.notRegex(stopped.errors, /[\s(]\/[a-z]/);

		const listed = await xmppc.run(['omemo', 'devices', romeo, '--json']);
		const devices = listed.output
			.trim()
			.split('\n')
			.map(line => JSON.parse(line));
		t.deepEqual(
			devices.map(({id, trust}) => [id, trust]),
			[
				[second?.id, 'undecided'],
				[mine?.id, 'verified'],
			],
		);
		t.is((await xmppc.run(['omemo', 'doctor', romeo])).status, 77);
		const unproven = await xmppc.run(['omemo', 'verify', romeo, seconds]);
		t.is(unproven.status, 64);
		t.regex(unproven.errors, /compare it/);
		t.is((await xmppc.run(['omemo', 'trust', romeo, seconds])).status, 0);

		t.is((await xmppc.run(['send', romeo, 'Thou art thyself'])).status, 0);
		t.like(await heard(another, 'Thou art thyself'), {encryption: 'omemo'});
		t.like(await heard(his, 'Thou art thyself'), {encryption: 'omemo'});
		t.false(bodies(his).includes('Art thou not Romeo?'));
		const well = await xmppc.run(['omemo', 'doctor', romeo]);
		t.is(well.status, 0);
		t.is(well.output.match(/^ok /gm)?.length, 3);
	});
}

onEveryServer(
	'in a private room a one-liner is encrypted for its members, in another one it is not',
	async (t, serve) => {
		const server = await serve();
		const his = await online(t, server, romeo);
		const den = `den@${server.roomDomain}` as BareJid;
		const square = `square@${server.roomDomain}` as BareJid;
		for (const [room, open] of [
			[den, false],
			[square, true],
		] as const) {
			await his.actions.joinRoom({account: romeo, room, nick: 'Romeo'});
			const answers = {
				'muc#roomconfig_membersonly': [open ? '0' : '1'],
				'muc#roomconfig_whois': ['anyone'],
			};
			await his.actions.configureRoom({account: romeo, room, answers});
			await his.actions.setAffiliation({account: romeo, room, jid: juliet, affiliation: 'member'});
		}

		const xmppc = await julietAt(t, server);
		const secret = await xmppc.run(['send', '--room', '--json', den, 'Between us']);
		t.is(secret.errors, '');
		t.like(JSON.parse(secret.output), {state: 'delivered', encryption: 'omemo'});
		t.is((await heard(his, 'Between us')).encryption, 'omemo');

		const refused = await xmppc.run(['send', '--room', '--omemo', 'require', square, 'Not for all']);
		t.is(refused.status, 77);
		t.regex(refused.errors, /^xmppc: Nothing was sent to square@.*Anybody may enter/);
		t.is((await xmppc.run(['send', '--room', square, 'For all'])).status, 0);
		t.is((await heard(his, 'For all')).encryption, undefined);
		t.false(bodies(his).includes('Not for all'));
	},
);

/** What a profile keeps for encryption is gone from where its secrets lie. */
function loseIdentity({home}: Xmppc): void {
	const name = readdirSync(home.directory, {recursive: true, encoding: 'utf8'}).find(file =>
		file.endsWith('secrets-key-file.json'),
	);
	const file = path.join(home.directory, name ?? '');
	const {records, ...rest} = JSON.parse(readFileSync(file, 'utf8'));
	delete records[`${juliet}/identity`];
	writeFileSync(file, JSON.stringify({...rest, records}));
}

onEveryServer('without its keys an account sends nothing, and new ones put that right', async (t, serve) => {
	const server = await serve();
	const his = await online(t, server, romeo);
	const xmppc = await julietAt(t, server);
	t.is((await xmppc.run(['send', romeo, 'Ay me'])).status, 0);
	loseIdentity(xmppc);
	for (const how of ['auto', 'require', 'off']) {
		const locked = await xmppc.run(['send', '--omemo', how, romeo, 'Lost']);
		t.is(locked.status, 78);
		t.regex(locked.errors, /^xmppc: The encryption identity of juliet@example\.test is not where/);
	}

	t.is((await xmppc.run(['omemo', 'new-identity'])).status, 64);
	const renewed = await xmppc.run(['omemo', 'new-identity', '--yes', '--json']);
	t.is(renewed.status, 0);
	t.like(JSON.parse(renewed.output), {account: juliet});
	t.is((await xmppc.run(['send', romeo, 'Found'])).status, 0);
	t.is((await heard(his, 'Found')).encryption, 'omemo');
	t.false(bodies(his).includes('Lost'));
});

onEveryServer('keys that were exported make a new device of the same identity elsewhere', async (t, serve) => {
	const server = await serve();
	const his = await online(t, server, romeo);
	const xmppc = await julietAt(t, server);
	t.is((await xmppc.run(['send', romeo, 'Ay me'])).status, 0);
	const [own] = JSON.parse(`[${(await xmppc.run(['omemo', 'fingerprint', '--json'])).output.trim()}]`);
	const file = path.join(xmppc.home.directory, 'keys.xmppc');
	const passphrase = path.join(xmppc.home.directory, 'passphrase');
	writeFileSync(passphrase, 'a rose by any other name\n');

	/** As a shell does with `3<`. */
	const withPassphrase = ({command, home}: Xmppc, ...argv: readonly string[]) => {
		const words = [...command, ...argv, '--passphrase-fd', '3'].map(word => `'${word}'`).join(' ');
		return runProgram(['sh', '-c', `exec ${words} 3< '${passphrase}'`], home.environment);
	};

	t.is((await withPassphrase(xmppc, 'omemo', 'export', file)).status, 0);
	const again = await withPassphrase(xmppc, 'omemo', 'export', file);
	t.is(again.status, 64);
	t.regex(again.errors, /keys\.xmppc/);
	const elsewhere = await julietAt(t, server);
	t.is((await elsewhere.run(['omemo', 'import', file])).status, 64);
	t.is((await withPassphrase(elsewhere, 'omemo', 'import', file)).status, 0);
	const [there] = JSON.parse(`[${(await elsewhere.run(['omemo', 'fingerprint', '--json'])).output.trim()}]`);
	t.is(there.fingerprint, own.fingerprint);
	t.not(there.id, own.id);
	t.is((await elsewhere.run(['send', romeo, 'From elsewhere'])).status, 0);
	t.like(await heard(his, 'From elsewhere'), {encryption: 'omemo', device: there.id});

	t.is((await xmppc.run(['omemo', 'remove', String(there.id)])).status, 0);
	const left = await xmppc.run(['omemo', 'devices', '--refresh']);
	t.regex(left.output, /this device/);
	t.is((await xmppc.run(['omemo', 'doctor'])).status, 0);
});
