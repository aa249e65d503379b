/** The body of a request, piece by piece, each waited for. */
import type {ClientRequest, IncomingMessage} from 'node:http';

export type PieceWriter = {
	/** Resolves when the bytes left, so that they may be overwritten. */
	write(bytes: Buffer): Promise<void>;
	/** The answer, where one came too early. */
	early(): IncomingMessage | undefined;
};

/**
 * Node does not always tell a write that its connection is gone, so that whatever ends the request ends the write. An answer is
 * early while there are bytes that were not even written; after the last one it may come before Node says that it left.
 */
export function createPieceWriter(
	request: Pick<ClientRequest, 'write'>,
	answer: Promise<IncomingMessage>,
	total: number,
): PieceWriter {
	let early: IncomingMessage | undefined;
	let given = 0;
	let failure: Error | undefined;
	let settle: (error?: Error) => void = () => undefined;
	const fail = (error: Error) => {
		failure ??= error;
		settle(failure);
	};
	answer.then(
		came => {
			came.on('error', () => undefined);
			if (given < total) {
				early = came;
				fail(new Error('answered before the end'));
			} else {
				settle();
			}
		},
		(error: unknown) => fail(error instanceof Error ? error : new Error(String(error))),
	);
	return {
		early: () => early,
		write: bytes =>
			new Promise((resolve, reject) => {
				if (failure) {
					reject(failure);
					return;
				}

				given += bytes.length;
				settle = error => (error ? reject(error) : resolve());
				request.write(bytes, error => settle(error ?? undefined));
			}),
	};
}
