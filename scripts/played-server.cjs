/**
 * A server that exists only in this process: net and tls connect to it, and it takes the login of `a@example.org` with
 * the password `a` and acknowledges what is sent. With it the build runs the whole of `xmppc send` without a network,
 * so that V8 keeps what it compiled of the login too.
 */
const {createHmac, pbkdf2Sync, X509Certificate} = require('node:crypto');
const net = require('node:net');
const {Duplex} = require('node:stream');
const tls = require('node:tls');

const streamHeader =
	"<?xml version='1.0'?><stream:stream from='example.org' id='played' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const management = "xmlns='urn:xmpp:sm:3'";
const beforeLogin = `<stream:features><mechanisms ${sasl}><mechanism>SCRAM-SHA-256</mechanism><mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>`;
const afterLogin = `<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm ${management}/></stream:features>`;

const base64 = (/** @type {string | Buffer} */ bytes) => Buffer.from(bytes).toString('base64');
const unbase64 = (/** @type {string} */ text) => Buffer.from(text, 'base64').toString();

/** A device that exists only here: the message is encrypted for it, so that V8 keeps what it compiled of that too. */
const playedDevice = 2;
const legacyOmemo = 'eu.siacs.conversations.axolotl';
const playedBundle = `<bundle xmlns='${legacyOmemo}'><signedPreKeyPublic signedPreKeyId='1'>BURI11DJXPKBvvJro2LgVMS3ybIYPpN/QrTHcxJhY38l</signedPreKeyPublic><signedPreKeySignature>qOLSazuZu4nPzCheOLSzWyP4Jo2sBaExhEUNlvXDDC4cUKySU68AIJRXRDQk+CX2Hgfy60ue6LvA83/9c6fZCQ==</signedPreKeySignature><identityKey>Bdzk/kmiXOzp2AY331klerpMVEK/heELJegXgh3o6MNs</identityKey><prekeys><preKeyPublic preKeyId='1'>BfO/1DJpgBBERFftrBdI/4/25cI2AgVYR1MLfB3XNDVs</preKeyPublic></prekeys></bundle>`;

/**
 * The rest of an answer to a question for what somebody publishes.
 * @param {string | undefined} owner
 * @param {string} question
 */
function itemsOf(owner, question) {
	const node = /node="([^"]*)"/.exec(question)?.[1] ?? '';
	const item =
		owner !== 'b@example.org'
			? undefined
			: node === `${legacyOmemo}.devicelist`
				? `<list xmlns='${legacyOmemo}'><device id='${playedDevice}'/></list>`
				: node === `${legacyOmemo}.bundles:${playedDevice}`
					? playedBundle
					: undefined;
	return item === undefined
		? ` type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`
		: ` type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${node}'><item id='current'>${item}</item></items></pubsub>`;
}

/** Answers what one client writes. @returns {(text: string) => string} */
function conversation() {
	const salt = Buffer.from('salt');
	let isLoggedIn = false;
	let handled = 0;
	let first = '';
	let challenge = '';

	const serverSignature = (/** @type {string} */ last) => {
		const salted = pbkdf2Sync('a', salt, 4096, 32, 'sha256');
		const key = createHmac('sha256', salted).update('Server Key').digest();
		const proofless = last.slice(0, last.lastIndexOf(',p='));
		return createHmac('sha256', key).update(`${first},${challenge},${proofless}`).digest();
	};

	return text => {
		let answer = '';
		if (text.includes('<stream:stream')) {
			answer += streamHeader + (isLoggedIn ? afterLogin : beforeLogin);
		}

		const auth = /<auth [^>]*>([^<]*)</.exec(text)?.[1];
		if (auth !== undefined) {
			first = unbase64(auth).replace(/^[^,]*,[^,]*,/, '');
			challenge = `r=${/r=([^,]*)/.exec(first)?.[1]}played,s=${base64(salt)},i=4096`;
			answer += `<challenge ${sasl}>${base64(challenge)}</challenge>`;
		}

		const response = /<response [^>]*>([^<]*)</.exec(text)?.[1];
		if (response !== undefined) {
			isLoggedIn = true;
			answer += `<success ${sasl}>${base64(`v=${base64(serverSignature(unbase64(response)))}`)}</success>`;
		}

		// What may go with the binding comes in one piece with it.
		const questions = [...text.matchAll(/<iq ([^>]*)>(<[^>]*>)(<[^>]*>)?/g)];
		for (const [, attributes = '', payload = '', inner = ''] of questions) {
			const [id, to] = ['id', 'to'].map(name => new RegExp(`(?<=\\b${name}=")[^"]*`).exec(attributes)?.[0]);
			const head = `<iq id='${id}'${to === undefined ? '' : ` from='${to}'`}`;
			answer += payload.startsWith('<bind ')
				? `${head} type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@example.org/played</jid></bind></iq>`
				: payload.startsWith('<pubsub ') && inner.startsWith('<items ')
					? `${head}${itemsOf(to, inner)}</iq>`
					: `${head} type='result'/>`;
		}

		answer += text.includes('<enable ') ? `<enabled ${management}/>` : '';
		const counted = (text.match(/<message |<iq /g)?.length ?? 0) - (text.match(/<bind /g)?.length ?? 0);
		handled += counted;
		answer += counted > 0 ? `<a h='${handled}' ${management}/>` : '';
		return answer + (text.includes('</stream:stream>') ? '</stream:stream>' : '');
	};
}

/** @param {(text: string) => string} [converse] without it: says nothing */
function connection(converse = () => '') {
	const socket = new Duplex({
		read() {},
		write(chunk, _encoding, done) {
			const answer = converse(chunk.toString());
			done();
			setImmediate(() => answer !== '' && socket.push(answer));
		},
		final(done) {
			done();
			setImmediate(() => socket.push(null));
		},
	});
	return socket;
}

/** From now on whatever connects in this process gets the played server. */
exports.playServer = () => {
	const {connect} = net;
	net.connect = (/** @type {any} */ to, /** @type {any[]} */ ...given) => {
		// The control socket, where nobody listens.
		if (typeof to === 'string') {
			return connect(to, ...given);
		}

		const socket = Object.assign(connection(), {setNoDelay() {}});
		setImmediate(() => socket.emit('connect'));
		return socket;
	};
	tls.connect = () => {
		const certificate = new X509Certificate(tls.rootCertificates[0] ?? '');
		const socket = Object.assign(connection(conversation()), {
			authorized: true,
			getPeerX509Certificate: () => certificate,
			getProtocol: () => 'TLSv1.3',
			exportKeyingMaterial: (/** @type {number} */ length) => Buffer.alloc(length),
		});
		setImmediate(() => socket.emit('secureConnect'));
		return socket;
	};
};
