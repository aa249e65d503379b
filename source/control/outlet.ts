import type {Socket} from 'node:net';

/** What still has to go to one peer. Never holds more than its limit and one frame. */
export type Outlet = {
	/** Writes a frame, or keeps it until the peer has read what is before it. Nothing after `end`. */
	push(frame: Buffer): void;
	/** The last frame; what still waits is dropped with `drop`, else sent before it. */
	end(frame?: Buffer, drop?: 'drop'): void;
};

export type OutletOptions = {
	/** Octets that may wait for a peer that does not read. */
	readonly limit: number;
	/** The peer reads too slowly: from now on nothing more is kept. */
	onOverflow(): void;
};

/** A bounded queue before a socket: a peer that does not read must not fill our memory. */
export function createOutlet(socket: Socket, {limit, onOverflow}: OutletOptions): Outlet {
	let waiting: Buffer[] = [];
	let size = 0;
	let isBlocked = false;
	let isOver = false;

	const write = (frame: Buffer) => {
		isBlocked = !socket.write(frame);
	};

	socket.on('drain', () => {
		isBlocked = false;
		while (!isBlocked) {
			const frame = waiting.shift();
			if (frame === undefined) {
				return;
			}

			size -= frame.length;
			write(frame);
		}
	});

	return {
		push(frame) {
			if (isOver) {
				return;
			}

			if (!isBlocked) {
				write(frame);
			} else if (size + frame.length > limit && waiting.length > 0) {
				onOverflow();
			} else {
				waiting.push(frame);
				size += frame.length;
			}
		},
		end(frame, drop) {
			if (isOver) {
				return;
			}

			isOver = true;
			const rest = drop === undefined ? waiting : [];
			waiting = [];
			size = 0;
			for (const each of rest) {
				socket.write(each);
			}

			if (frame === undefined) {
				socket.end();
			} else {
				socket.end(frame);
			}
		},
	};
}
