/**
 * The other side of the figures about files, in a process of its own: hands out `/plain/<bytes>` and `/encrypted/<bytes>` from
 * memory, and throws away what is sent. Arguments: the key and the certificate as files, then the key and the IV of what is
 * encrypted in base64. Prints its port.
 */
import {createCipheriv} from 'node:crypto';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import type {ServerResponse} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';

const [keyFile = '', certificateFile = '', key = '', iv = ''] = process.argv.slice(2);
const block = Buffer.alloc(256 * 1024, 'But, soft! what light through yonder window breaks? ');

async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
	if (!response.write(bytes)) {
		await once(response, 'drain');
	}
}

async function handOut(response: ServerResponse, size: number, isEncrypted: boolean): Promise<void> {
	const cipher = isEncrypted
		? createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), Buffer.from(iv, 'base64'))
		: undefined;
	response.writeHead(200, {'Content-Length': size + (cipher ? 16 : 0)});
	for (let left = size; left > 0; left -= block.length) {
		const piece = block.subarray(0, left);
		await write(response, cipher?.update(piece) ?? piece);
	}

	if (cipher) {
		cipher.final();
		await write(response, cipher.getAuthTag());
	}

	response.end();
}

const server = createServer({key: readFileSync(keyFile), cert: readFileSync(certificateFile)}, (request, response) => {
	if (request.method === 'PUT') {
		request.resume();
		request.once('end', () => response.writeHead(201).end());
		return;
	}

	const [, kind, size] = (request.url ?? '').split('/');
	handOut(response, Number(size), kind === 'encrypted').catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
// Whoever started it may end without a word.
process.once('disconnect', () => {
	server.close();
	server.closeAllConnections();
});
