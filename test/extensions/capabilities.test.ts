import test from 'ava';
import {entityCapabilities, verificationOf} from '../../source/extensions/entity-capabilities.js';
import {type Information, information} from '../../source/extensions/service-discovery.js';
import type {FullJid} from '../../source/shared/jid.js';
import {attributeOf, child} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {here, juliet, romeo, settled} from '../client/scene.js';
import {type Attached, attached} from './attached.js';

const infoNamespace = 'http://jabber.org/protocol/disco#info';
const orchard = 'romeo@example.net/orchard';

const exodus: Information = {
	identities: [{category: 'client', type: 'pc', name: 'Exodus 0.9.1'}],
	features: [
		'http://jabber.org/protocol/caps',
		infoNamespace,
		'http://jabber.org/protocol/disco#items',
		'http://jabber.org/protocol/muc',
	].map(name => ({name})),
	forms: [],
};

const softwareForm = {
	type: 'result',
	fields: [
		{name: 'FORM_TYPE', type: 'hidden', values: ['urn:xmpp:dataforms:softwareinfo']},
		{name: 'ip_version', values: ['ipv4', 'ipv6']},
		{name: 'os', values: ['Mac']},
		{name: 'os_version', values: ['10.5.1']},
		{name: 'software', values: ['Psi']},
		{name: 'software_version', values: ['0.11']},
	],
};

const psi: Information = {
	...exodus,
	identities: [
		{category: 'client', type: 'pc', language: 'en', name: 'Psi 0.11'},
		{category: 'client', type: 'pc', language: 'el', name: 'Ψ 0.11'},
	],
	forms: [softwareForm],
};

test('the examples of the XEP have the hashes of the XEP, whatever their order', t => {
	t.is(verificationOf(exodus), 'QgayPKawpkPSDYmwT/WM94uAlu0=');
	t.is(verificationOf({...exodus, features: exodus.features.toReversed()}), 'QgayPKawpkPSDYmwT/WM94uAlu0=');
	t.is(verificationOf(psi), 'q07IKJEyjvHSyhy//CH0CxmKi8w=');
});

test('ill-formed information has no hash', t => {
	const twice = <Value>(values: readonly Value[]) => [...values, ...values];
	t.is(verificationOf({...exodus, identities: twice(exodus.identities)}), undefined);
	t.is(verificationOf({...exodus, features: twice(exodus.features)}), undefined);
	t.is(verificationOf({...psi, forms: twice(psi.forms)}), undefined);
	const [type, ...fields] = softwareForm.fields;
	const twoTypes = {...softwareForm, fields: [{...type, values: ['urn:one', 'urn:two']}, ...fields]};
	t.is(verificationOf({...psi, forms: [twoTypes]}), undefined);
	t.is(verificationOf({...exodus, features: [{name: 'urn:one<urn:two'}]}), undefined);
	t.is(verificationOf(exodus, 'md5'), undefined);
});

test('a form without a hidden type does not count', t => {
	const visible = {...softwareForm, fields: softwareForm.fields.map(field => ({...field, type: 'text-single'}))};
	t.is(verificationOf({...exodus, forms: [visible]}), verificationOf(exodus));
	t.is(verificationOf({...exodus, forms: [{type: 'result', fields: []}]}), verificationOf(exodus));
});

// --- in a session

/** What was answered to a question, as an element. */
async function answerTo(it: Attached, from: string, payload: string): Promise<string> {
	const before = it.server.asked.length;
	await it.server.bring(`<iq type='get' id='q1' from='${from}' to='${here}'>${payload}</iq>`);
	await settled();
	return it.server.asked.slice(before).join('');
}

const infoQuestion = (node?: string) =>
	`<query xmlns='${infoNamespace}' ${node === undefined ? '' : `node='${node}'`}/>`;

test('what presence promises is what is answered, also under the promised node', async t => {
	const it = await attached(t);
	const presence = parseElement(it.server.written[0] ?? '');
	const advertised = presence === undefined ? undefined : child(presence, 'c', 'http://jabber.org/protocol/caps');
	const node = advertised === undefined ? '' : `${attributeOf(advertised, 'node')}#${attributeOf(advertised, 'ver')}`;
	for (const asked of [undefined, node]) {
		const iq = parseElement(await answerTo(it, orchard, infoQuestion(asked)));
		const answer = iq === undefined ? undefined : information.find(iq);
		t.is(answer?.node, asked);
		t.is(answer === undefined ? undefined : verificationOf(answer), node.split('#')[1]);
		t.deepEqual(answer?.identities, [{category: 'client', type: 'console', name: 'xmppc'}]);
		t.true(answer?.features.some(({name}) => name === 'urn:xmpp:receipts'));
	}
});

test('an unknown node is not found, and there are no items', async t => {
	const it = await attached(t);
	t.regex(await answerTo(it, orchard, infoQuestion('other')), /type="error".*<item-not-found/);
	t.regex(
		await answerTo(it, orchard, "<query xmlns='http://jabber.org/protocol/disco#items'/>"),
		/type="result".*<query xmlns="http:\/\/jabber\.org\/protocol\/disco#items"\/>/,
	);
	t.regex(
		await answerTo(it, orchard, "<query xmlns='http://jabber.org/protocol/disco#items' node='x'/>"),
		/<item-not-found/,
	);
});

const questions: Readonly<Record<string, string>> = {
	'service discovery': infoQuestion(),
	ping: "<ping xmlns='urn:xmpp:ping'/>",
	'software version': "<query xmlns='jabber:iq:version'/>",
};
const askers: ReadonlyArray<readonly [string, 'result' | 'error']> = [
	[orchard, 'result'],
	[romeo, 'result'],
	['juliet@example.org/phone', 'result'],
	[juliet, 'result'],
	['example.org', 'result'],
	['tybalt@example.net/x', 'error'],
	['example.net', 'error'],
];

for (const [what, question] of Object.entries(questions)) {
	test(`${what} is answered to contacts, the own account and its server; strangers see nobody at home`, async t => {
		const it = await attached(t);
		for (const [asker, outcome] of askers) {
			const answer = await answerTo(it, asker, question);
			t.regex(answer, new RegExp(`<iq type="${outcome}" id="q1" to="${asker}"`), asker);
			t.is(answer.includes('<service-unavailable'), outcome === 'error', asker);
		}
	});
}

for (const namespace of ['jabber:iq:last', 'urn:xmpp:time', 'jabber:iq:oob', 'http://jabber.org/protocol/commands']) {
	test(`${namespace} is not for anybody, which is said`, async t => {
		const it = await attached(t);
		t.regex(await answerTo(it, orchard, `<query xmlns='${namespace}'/>`), /type="error".*<service-unavailable/);
	});
}

test('the software version names no operating system', async t => {
	const it = await attached(t);
	const answer = await answerTo(it, orchard, "<query xmlns='jabber:iq:version'/>");
	t.regex(answer, /<name>xmppc<\/name><version>[^<]+<\/version><\/query>/);
});

const claim = (ver: string) =>
	`<presence from='${orchard}' to='${here}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:exodus' ver='${ver}'/></presence>`;
const exodusAnswer = information.encode(exodus).toString();
const featuresOf = (it: Attached, jid: string) => it.live.use(entityCapabilities).featuresOf(jid as FullJid);

test('a verified answer is kept for everybody and every session', async t => {
	const it = await attached(t);
	it.server.answerWith('query', exodusAnswer);
	await it.server.bring(claim('QgayPKawpkPSDYmwT/WM94uAlu0='));
	const asked = it.server.asked.length;
	t.true((await featuresOf(it, orchard)).includes('http://jabber.org/protocol/muc'));
	t.regex(it.server.asked.at(-1) ?? '', /node="urn:exodus#QgayPKawpkPSDYmwT\/WM94uAlu0="/);
	await featuresOf(it, orchard);
	t.is(it.server.asked.length, asked + 1);
	t.is(it.storage.capabilities.get('sha-1', 'QgayPKawpkPSDYmwT/WM94uAlu0=')?.length, 4);
});

test('an answer with another hash than was promised is kept for nobody', async t => {
	const it = await attached(t);
	it.server.answerWith('query', exodusAnswer);
	await it.server.bring(claim('q07IKJEyjvHSyhy//CH0CxmKi8w='));
	t.is((await featuresOf(it, orchard)).length, 4);
	t.is(it.storage.capabilities.get('sha-1', 'q07IKJEyjvHSyhy//CH0CxmKi8w='), undefined);
});

test('an advertisement too long to be a hash is not remembered', async t => {
	const it = await attached(t);
	await it.server.bring(claim('x'.repeat(100_000)));
	await featuresOf(it, orchard);
	t.false(it.server.asked.at(-1)?.includes('xxx'));
});

test('a stranger is not asked what they can do', async t => {
	const it = await attached(t);
	const asked = it.server.asked.length;
	t.deepEqual(await featuresOf(it, 'tybalt@example.net/x'), []);
	t.is(it.server.asked.length, asked);
});
