import dgram from 'node:dgram';
import {once} from 'node:events';

export type DnsRecord =
	| {readonly type: 'A'; readonly address: string}
	| {
			readonly type: 'SRV';
			readonly priority: number;
			readonly weight: number;
			readonly port: number;
			/** `.` means: not offered. */
			readonly target: string;
	  };

export type DnsServer = {
	/** As `dns.setServers` takes it. */
	readonly address: string;
	/** The names asked for, in order, as `SRV _xmpp-client._tcp.example.test`. */
	readonly questions: readonly string[];
	close(): Promise<void>;
};

const typeNumbers: Readonly<Record<string, number>> = {A: 1, AAAA: 28, SRV: 33};

/**
 * A DNS server on loopback that knows `zone` (lower-case names without a final dot) and answers NXDOMAIN for the rest.
 * `mood: 'refusing'` answers REFUSED to everything.
 */
export async function startDnsServer(
	zone: Readonly<Record<string, readonly DnsRecord[]>>,
	mood: 'friendly' | 'refusing' = 'friendly',
): Promise<DnsServer> {
	const socket = dgram.createSocket('udp4');
	const questions: string[] = [];
	socket.on('message', (message, sender) => {
		const {name, end} = readName(message, 12);
		const typeNumber = message.readUInt16BE(end);
		const type = Object.keys(typeNumbers).find(key => typeNumbers[key] === typeNumber) ?? String(typeNumber);
		questions.push(`${type} ${name}`);
		const known = zone[name];
		const answers = (known ?? []).filter(record => record.type === type);
		const header = Buffer.alloc(12);
		message.copy(header, 0, 0, 2);
		const code = mood === 'refusing' ? 5 : known ? 0 : 3;
		header.writeUInt16BE(0x8580 | code, 2);
		header.writeUInt16BE(1, 4);
		header.writeUInt16BE(answers.length, 6);
		const reply = [header, message.subarray(12, end + 4), ...answers.map(record => encodeRecord(name, record))];
		socket.send(Buffer.concat(reply), sender.port, sender.address);
	});
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	return {
		address: `127.0.0.1:${socket.address().port}`,
		questions,
		close: () => new Promise(resolve => socket.close(resolve)),
	};
}

function readName(message: Buffer, start: number): {name: string; end: number} {
	const labels: string[] = [];
	let at = start;
	for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
		labels.push(message.toString('latin1', at + 1, at + 1 + length));
		at += length + 1;
	}

	return {name: labels.join('.').toLowerCase(), end: at + 1};
}

function encodeRecord(name: string, record: DnsRecord): Buffer {
	const data = record.type === 'A' ? Buffer.from(record.address.split('.').map(Number)) : encodeService(record);
	const fixed = Buffer.alloc(10);
	fixed.writeUInt16BE(typeNumbers[record.type] ?? 0, 0);
	fixed.writeUInt16BE(1, 2);
	fixed.writeUInt32BE(60, 4);
	fixed.writeUInt16BE(data.length, 8);
	return Buffer.concat([encodeName(name), fixed, data]);
}

function encodeService(record: DnsRecord & {readonly type: 'SRV'}): Buffer {
	const numbers = Buffer.alloc(6);
	numbers.writeUInt16BE(record.priority, 0);
	numbers.writeUInt16BE(record.weight, 2);
	numbers.writeUInt16BE(record.port, 4);
	return Buffer.concat([numbers, encodeName(record.target)]);
}

function encodeName(name: string): Buffer {
	const labels = name.split('.').filter(label => label !== '');
	return Buffer.concat([
		...labels.map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
		Buffer.from([0]),
	]);
}
