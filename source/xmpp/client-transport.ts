import type {EventEmitter} from 'node:events';
import ConnectionTCP from '@xmpp/connection-tcp';
import {clientNamespace} from './element.js';
import type {ParserEvents} from './parser.js';
import type {Endpoint} from './resolver.js';
import {StreamSocket, type TransportPolicy} from './transport.js';

/** A transport of @xmpp/client-core whose service is an {@link Endpoint} and whose socket and parser are ours. */
export function transportWith(policy: TransportPolicy, Parser: new () => EventEmitter<ParserEvents>): unknown {
	class Transport extends ConnectionTCP<Endpoint> {
		override socketParameters(endpoint: Endpoint) {
			return endpoint;
		}
	}

	const {socketClass: Base = StreamSocket} = policy;
	class Socket extends Base {
		constructor() {
			super(policy);
		}
	}

	Object.assign(Transport.prototype, {NS: clientNamespace, Socket, Parser});
	return Transport;
}
