/** A web server for files on a free loopback port, over TLS, that does what it is told to: well, or as badly as it can. */
import {once} from 'node:events';
import {
	createServer as createPlainServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import type {Certificate} from './certificates.js';

/** How a file is handed out. All that is absent is done as it should be. */
export type ServedFile = {
	readonly content: Buffer;
	readonly mediaType?: string;
	/** `Last-Modified`, as it is written. */
	readonly lastModified?: string;
	/** False: answers the whole file to whoever asks for a part. */
	readonly ranges?: boolean;
	/** Bytes that are announced in place of the true number; `false`: none are, it comes in chunks. */
	readonly announced?: number | false;
	/** After so many bytes nothing more comes, and the connection stays until the test calls {@link FileServer.cut}. */
	readonly stallAfter?: number;
	/** How many answers stall; absent: all. */
	readonly stalls?: number;
	/** So many bytes now; the rest when the test calls {@link FileServer.drip}, as many each time. */
	readonly dripBytes?: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** Compressed, whatever was asked for: what is in `content` is small then. */
	readonly gzip?: boolean;
	/** With a plain FIN and no length: nobody can know whether that was all. */
	readonly untilClose?: boolean;
};

export type Served =
	| ServedFile
	| {readonly status: number; readonly location?: string}
	| ((response: ServerResponse) => void);

export type SeenRequest = {readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders};

/** What is done with what is sent. */
export type Taking = {
	/** Answered when all is there; absent: 201. */
	readonly status?: number;
	/** Answered after so many bytes, before the rest is read. */
	readonly statusAfter?: number;
	readonly resetAfter?: number;
	/** After so many bytes nothing more is read. */
	readonly stallAfter?: number;
	/** Bytes of the answer's body. */
	readonly answerBytes?: number;
	readonly location?: string;
	/** Never answers. */
	readonly silent?: boolean;
};

export type FileServer = {
	readonly port: number;
	/** The same server as the rest, where TLS is not spoken. */
	readonly plainPort: number;
	readonly requests: readonly SeenRequest[];
	/** What was sent here completely, by path. */
	readonly stored: ReadonlyMap<string, Buffer>;
	/** Bytes of answers to what was sent, as far as somebody took them. */
	readonly answerBytes: number;
	/** Changes what is handed out. */
	serve(path: string, file: Served): void;
	take(path: string, taking: Taking): void;
	/** The next bytes of every answer that drips. */
	drip(): void;
	/** Resets every connection. */
	cut(): void;
	/** Resolves when so many requests came. */
	requested(count: number): Promise<void>;
	url(path: string, host?: string): string;
	close(): Promise<void>;
};

export type FileServerOptions = {
	readonly certificate: Certificate;
	readonly files?: Readonly<Record<string, Served>>;
	readonly takes?: Readonly<Record<string, Taking>>;
};

const pieceBytes = 64 * 1024;

export async function startFileServer({certificate, files = {}, takes = {}}: FileServerOptions): Promise<FileServer> {
	const served = new Map(Object.entries(files));
	const taken = new Map(Object.entries(takes));
	const requests: SeenRequest[] = [];
	const stored = new Map<string, Buffer>();
	let answerBytes = 0;
	const stalls = new Map<string, number>();
	const dripping = new Set<() => void>();
	const sockets = new Set<Socket>();
	const waiting = new Set<() => void>();

	const onRequest = (request: IncomingMessage, response: ServerResponse) => {
		const {method = '', url: path = '', headers} = request;
		requests.push({method, path, headers});
		for (const look of waiting) {
			look();
		}

		if (method === 'PUT') {
			const reset = () =>
				[...sockets].find(({remotePort}) => remotePort === request.socket.remotePort)?.resetAndDestroy();
			const count = (bytes: number) => {
				answerBytes += bytes;
			};
			takeFile(request, response, {reset, count, store: content => stored.set(path, content), ...taken.get(path)});
			return;
		}

		const file = served.get(path);
		if (typeof file === 'function') {
			file(response);
		} else if (file === undefined || 'status' in file) {
			const {status, location} = file ?? {status: 404, location: undefined};
			response.writeHead(status, location === undefined ? {} : {Location: location}).end('no file');
		} else {
			const before = stalls.get(path) ?? 0;
			stalls.set(path, before + 1);
			const {stallAfter, ...whole} = file;
			const isStalling = stallAfter !== undefined && before < (file.stalls ?? Number.POSITIVE_INFINITY);
			handOut(request, response, isStalling ? file : whole, dripping);
		}
	};

	const servers = [
		createServer({key: certificate.key, cert: certificate.certificate}, onRequest),
		createPlainServer(onRequest),
	];
	for (const server of servers) {
		server.on('connection', (socket: Socket) => {
			sockets.add(socket);
			socket.on('error', () => undefined);
			socket.once('close', () => sockets.delete(socket));
		});
		server.on('tlsClientError', () => undefined);
		server.on('clientError', (_error, socket) => socket.destroy());
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
	}

	const [port = 0, plainPort = 0] = servers.map(server => (server.address() as AddressInfo).port);
	return {
		port,
		plainPort,
		requests,
		stored,
		get answerBytes() {
			return answerBytes;
		},
		serve: (path, file) => void served.set(path, file),
		take: (path, taking) => void taken.set(path, taking),
		drip() {
			for (const next of [...dripping]) {
				next();
			}
		},
		cut() {
			for (const socket of sockets) {
				socket.resetAndDestroy();
			}
		},
		requested: count =>
			new Promise(resolve => {
				const look = () => {
					if (requests.length >= count) {
						waiting.delete(look);
						resolve();
					}
				};

				waiting.add(look);
				look();
			}),
		url: (path, host = 'localhost') => `https://${host}:${port}${path}`,
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}

			await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
		},
	};
}

function handOut(
	request: IncomingMessage,
	response: ServerResponse,
	file: ServedFile,
	dripping: Set<() => void>,
): void {
	const whole = file.gzip ? gzipSync(file.content) : file.content;
	const from = rangeOf(request, file);
	const content = whole.subarray(from ?? 0);
	const headers = {
		'Content-Type': file.mediaType ?? 'application/octet-stream',
		...(file.ranges === false ? {} : {'Accept-Ranges': 'bytes'}),
		...(file.lastModified === undefined ? {} : {'Last-Modified': file.lastModified}),
		...(file.announced === false || file.untilClose ? {} : {'Content-Length': file.announced ?? content.length}),
		...(from === undefined ? {} : {'Content-Range': `bytes ${from}-${whole.length - 1}/${whole.length}`}),
		...(file.gzip ? {'Content-Encoding': 'gzip'} : {}),
		...file.headers,
	};
	const socket = request.socket;
	if (file.untilClose) {
		const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
		socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n${lines.join('')}\r\n`);
		socket.end(content);
		return;
	}

	// Written whatever is announced: too much of it must leave too.
	response.strictContentLength = false;
	response.writeHead(from === undefined ? 200 : 206, headers);
	if (file.stallAfter !== undefined) {
		response.write(content.subarray(0, file.stallAfter));
	} else if (file.dripBytes !== undefined) {
		let at = 0;
		const next = () => {
			const piece = content.subarray(at, at + (file.dripBytes ?? 1));
			at += piece.length;
			response.write(piece);
			if (at >= content.length) {
				dripping.delete(next);
				response.end();
			}
		};
		dripping.add(next);
		response.once('close', () => dripping.delete(next));
		next();
	} else {
		response.end(content);
		// Node would wait for the rest of what was announced.
		if (typeof file.announced === 'number' && file.announced > content.length) {
			response.once('finish', () => socket.end());
		}
	}
}

/** The first byte that is asked for; absent: all is answered. */
function rangeOf({headers}: IncomingMessage, file: ServedFile): number | undefined {
	const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
	const condition = headers['if-range'];
	const isSame = condition === undefined || condition === file.lastModified;
	return from === undefined || file.ranges === false || !isSame || Number(from) >= file.content.length
		? undefined
		: Number(from);
}

function* body(size: number, count: (bytes: number) => void): Generator<Buffer> {
	for (let left = size; left > 0; left -= pieceBytes) {
		const piece = Buffer.alloc(Math.min(left, pieceBytes), 'x');
		count(piece.length);
		yield piece;
	}
}

function takeFile(
	request: IncomingMessage,
	response: ServerResponse,
	taking: Taking & {
		readonly reset: () => void;
		readonly count: (bytes: number) => void;
		readonly store: (content: Buffer) => void;
	},
): void {
	const pieces: Buffer[] = [];
	let size = 0;
	const answer = () => {
		response.writeHead(taking.status ?? 201, taking.location === undefined ? {} : {Location: taking.location});
		Readable.from(body(taking.answerBytes ?? 0, taking.count)).pipe(response);
	};
	request.on('error', () => undefined);
	request.on('data', (piece: Buffer) => {
		pieces.push(piece);
		size += piece.length;
		if (taking.resetAfter !== undefined && size >= taking.resetAfter) {
			taking.reset();
		} else if (taking.statusAfter !== undefined && size >= taking.statusAfter && !response.headersSent) {
			answer();
		} else if (taking.stallAfter !== undefined && size >= taking.stallAfter) {
			request.pause();
		}
	});
	request.on('end', () => {
		taking.store(Buffer.concat(pieces));
		if (taking.silent !== true && !response.headersSent) {
			answer();
		}
	});
}
