import test, {type ExecutionContext} from 'ava';
import {type Pubsub, type PubsubEvent, type PubsubNode, pubsub} from '../../source/extensions/pubsub.js';
import {attribute, element} from '../../source/xmpp/codec.js';
import {juliet, romeo} from '../client/scene.js';
import {type Attached, attached} from './attached.js';

const tune = element('urn:example:tune', 'tune', {title: attribute('title')});
type Tune = {readonly title: string};
const tunes: PubsubNode<Tune> = {name: 'urn:example:tune', payload: tune, access: 'everybody', maxItems: 'max'};
const secrets: PubsubNode<Tune> = {name: 'urn:example:secret', payload: tune, access: 'private', sendLast: 'never'};
const namespace = 'http://jabber.org/protocol/pubsub';
const publishOptions = `${namespace}#publish-options`;
const item = {id: 'current', value: {title: 'Heart’s ease'}};
const refused = (condition: string, detail = '') =>
	`<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${
		detail === '' ? '' : `<${detail} xmlns='${namespace}#errors'/>`
	}</error>`;

type Scene = Attached & {readonly nodes: Pubsub; readonly questions: () => readonly string[]};

/** A session whose server answers questions about nodes one after the other, the last answer again and again. */
async function scene(
	t: ExecutionContext,
	answers: readonly string[] = [''],
	features: readonly string[] = [publishOptions],
): Promise<Scene> {
	const questions: string[] = [];
	const it = await attached(t, server => {
		server.accountFeatures = ['urn:xmpp:mam:2', ...features];
		server.answerWith('pubsub', question => {
			const answer = answers[Math.min(questions.length, answers.length - 1)] ?? '';
			questions.push(question);
			return answer;
		});
	});
	return {...it, nodes: it.live.use(pubsub), questions: () => questions};
}

test('an item is published with the node as it must be', async t => {
	const it = await scene(t);
	await it.nodes.publish(secrets, item);
	const [question = '', ...others] = it.questions();
	t.deepEqual(others, []);
	t.regex(question, /<publish node="urn:example:secret"><item id="current"><tune xmlns="urn:example:tune" title=/);
	const fields = [...question.matchAll(/<field var="([^"]+)"[^>]*><value>([^<]*)</gu)].map(([, name, value]) => [
		name,
		value,
	]);
	t.deepEqual(fields, [
		['FORM_TYPE', publishOptions],
		['pubsub#persist_items', 'true'],
		['pubsub#access_model', 'whitelist'],
		['pubsub#send_last_published_item', 'never'],
	]);
});

const form = `<pubsub xmlns='${namespace}#owner'><configure node='urn:example:tune'><x xmlns='jabber:x:data' type='form'>
	<field var='FORM_TYPE' type='hidden'><value>${namespace}#node_config</value></field>
	<field type='fixed'><value>About this node</value></field>
	<field var='pubsub#access_model' type='list-single'><value>presence</value></field>
	<field var='pubsub#title'><value>Music</value></field></x></configure></pubsub>`;

test('a node that differs is set right, leaving its other settings, and the item published once more', async t => {
	const it = await scene(t, [refused('conflict', 'precondition-not-met'), form, '', '']);
	await it.nodes.publish(tunes, item);
	const [first, read, written = '', again, ...others] = it.questions();
	t.is(first, again);
	t.deepEqual(others, []);
	t.regex(read ?? '', /^<pubsub xmlns="[^"]+#owner"><configure node="urn:example:tune"\/><\/pubsub>$/u);
	t.true(written.includes('<field var="pubsub#access_model"><value>open</value></field>'));
	t.true(written.includes('<field var="pubsub#max_items"><value>max</value></field>'));
	t.true(written.includes('<field var="pubsub#title"><value>Music</value></field>'));
	t.is(written.split('FORM_TYPE').length, 2);
	t.false(written.includes('About'));
});

test('a node that stays different is a refusal, after one more try', async t => {
	const it = await scene(t, [
		refused('conflict', 'precondition-not-met'),
		form,
		'',
		refused('conflict', 'precondition-not-met'),
	]);
	t.like(await t.throwsAsync(it.nodes.publish(tunes, item)), {condition: 'conflict'});
	t.is(it.questions().length, 4);
});

test('a server that refuses options it does not know is given the others, after the node is made right', async t => {
	const it = await scene(t, [refused('resource-constraint'), refused('item-not-found'), '', '']);
	await it.nodes.publish(secrets, item);
	const [all = '', , created = '', published = '', ...others] = it.questions();
	t.deepEqual(others, []);
	t.true(all.includes('pubsub#send_last_published_item'));
	t.regex(created, /<create node="urn:example:secret"\/><configure>.*send_last_published_item/u);
	t.regex(
		published,
		/<publish node="urn:example:secret">.*publish-options.*pubsub#access_model"[^>]*><value>whitelist/u,
	);
	t.true(published.includes('pubsub#persist_items'));
	t.false(published.includes('send_last_published_item'));

	const plain = await scene(t, [refused('resource-constraint')]);
	await t.throwsAsync(plain.nodes.publish({name: 'urn:example:tune', payload: tune, access: 'contacts'}, item));
	t.is(plain.questions().length, 1);
});

test('another refusal is not repaired', async t => {
	const it = await scene(t, [refused('forbidden')]);
	t.like(await t.throwsAsync(it.nodes.publish(tunes, item)), {condition: 'forbidden'});
	t.is(it.questions().length, 1);
});

test('where the server knows no publish options the node is made right before anything lies in it', async t => {
	const it = await scene(t, [refused('item-not-found'), '', ''], []);
	await it.nodes.publish(secrets, item);
	const [, created = '', published = ''] = it.questions();
	t.regex(created, /<create node="urn:example:secret"\/><configure>.*whitelist/u);
	t.regex(published, /<publish node="urn:example:secret">/u);
	t.false(published.includes('publish-options'));

	const other = await scene(t, [form, refused('forbidden')], []);
	t.like(await t.throwsAsync(other.nodes.publish(secrets, item)), {condition: 'forbidden'});
	t.false(
		other.questions().some(question => question.includes('<publish')),
		'nothing private in an open node',
	);
});

test('an item is taken back; one that is gone already is no error', async t => {
	const it = await scene(t, ['', refused('item-not-found'), refused('forbidden')]);
	await it.nodes.retract(tunes, 'current');
	t.regex(it.questions()[0] ?? '', /<retract node="urn:example:tune" notify="true"><item id="current"\/><\/retract>/u);
	await it.nodes.retract(tunes, 'current');
	t.like(await t.throwsAsync(it.nodes.retract(tunes, 'current')), {condition: 'forbidden'});
});

const itemsOf = (node: string, content: string) =>
	`<pubsub xmlns='${namespace}'><items node='${node}'>${content}</items></pubsub>`;

test('items are read, leaving out what cannot be; a node that is not there has none', async t => {
	const it = await scene(t, [
		itemsOf(
			'urn:example:tune',
			"<item id='a'><tune xmlns='urn:example:tune' title='A'/></item><item id='b'/><item id='c'><tune xmlns='urn:example:tune'/></item>" +
				"<item><tune xmlns='urn:example:tune' title='D'/></item><item id='e'><tune xmlns='urn:other' title='E'/></item>",
		),
		refused('item-not-found'),
		itemsOf('urn:example:other', "<item id='a'><tune xmlns='urn:example:tune' title='A'/></item>"),
		'',
		refused('forbidden'),
	]);
	t.deepEqual(await it.nodes.items(tunes, {owner: romeo, ids: ['a'], newest: 5}), [{id: 'a', value: {title: 'A'}}]);
	t.regex(it.server.asked.at(-1) ?? '', /to="romeo@example.net".*max_items="5"><item id="a"\/><\/items>/u);
	t.deepEqual(await it.nodes.items(tunes), []);
	t.like(await t.throwsAsync(it.nodes.items(tunes)), {code: 'malformed-answer'});
	t.like(await t.throwsAsync(it.nodes.items(tunes)), {code: 'malformed-answer'});
	t.like(await t.throwsAsync(it.nodes.items(tunes)), {condition: 'forbidden'});
});

/** Brings an event of a node, from whoever the attributes say, and answers what was heard of it. */
async function heardOf(
	t: ExecutionContext,
	node: PubsubNode<Tune>,
	attributes: string,
	content = `<items node='${node.name}'><item id='i'><tune xmlns='urn:example:tune' title='A'/></item></items>`,
): Promise<ReadonlyArray<PubsubEvent<Tune>>> {
	const it = await scene(t);
	const heard: Array<PubsubEvent<Tune>> = [];
	it.nodes.subscribe(node, event => heard.push(event));
	await it.server.bring(
		`<message xmlns='jabber:client' ${attributes}><event xmlns='${namespace}#event'>${content}</event></message>`,
	);
	return heard;
}

const news = {items: [{id: 'i', value: {title: 'A'}}], retracted: []};

test('events of the own nodes are heard from the own bare JID, or from the server without a sender', async t => {
	for (const node of [tunes, secrets]) {
		t.deepEqual(await heardOf(t, node, `from='${juliet}' type='headline'`), [{owner: juliet, ...news}]);
		t.deepEqual(await heardOf(t, node, ''), [{owner: juliet, ...news}]);
	}
});

test('nobody else speaks for the own nodes, and nobody for a private one of somebody else', async t => {
	for (const from of [`${juliet}/forged`, romeo, `${romeo}/orchard`, 'mallory@example.com', 'example.org', 'juliet@']) {
		t.deepEqual(await heardOf(t, secrets, `from='${from}'`), [], from);
	}

	for (const from of [`${juliet}/forged`, 'mallory@example.com', 'example.org', `${romeo}.example.com`]) {
		t.deepEqual(await heardOf(t, tunes, `from='${from}'`), [], from);
	}
});

test('a contact speaks for their own nodes, known by the bare JID', async t => {
	t.deepEqual(await heardOf(t, tunes, `from='${romeo}'`), [{owner: romeo, ...news}]);
	t.deepEqual(await heardOf(t, tunes, `from='${romeo}/orchard'`), [{owner: romeo, ...news}]);
});

test('errors and what rooms say are no events', async t => {
	t.deepEqual(await heardOf(t, tunes, `from='${romeo}' type='error'`), []);
	t.deepEqual(await heardOf(t, tunes, `from='${romeo}/nick' type='groupchat'`), []);
});

test('items taken back, emptied and deleted nodes are told; a broken item takes nothing else with it', async t => {
	const own = `from='${juliet}'`;
	const {name} = tunes;
	t.deepEqual(await heardOf(t, tunes, own, `<items node='${name}'><retract id='a'/><item id='b'/></items>`), [
		{owner: juliet, items: [], retracted: ['a']},
	]);
	t.like((await heardOf(t, tunes, own, `<purge node='${name}'/>`))[0], {emptied: 'purged'});
	t.like((await heardOf(t, tunes, own, `<delete node='${name}'/>`))[0], {emptied: 'deleted'});
	t.deepEqual(await heardOf(t, tunes, own, `<items node='other'><item id='i'/></items>`), []);
	t.deepEqual(await heardOf(t, tunes, own, '<configuration/>'), []);
});

test('who has unsubscribed hears nothing more, others do', async t => {
	const it = await scene(t);
	const heard: string[] = [];
	const stop = it.nodes.subscribe(tunes, () => heard.push('first'));
	it.nodes.subscribe(tunes, () => heard.push('second'));
	stop();
	await it.server.bring(
		`<message xmlns='jabber:client' from='${juliet}'><event xmlns='${namespace}#event'><purge node='${tunes.name}'/></event></message>`,
	);
	t.deepEqual(heard, ['second']);
});

const said = ({server}: Attached) => server.written.filter(text => text.includes('urn:xmpp:csi:0'));
const offered = {rosterVersioning: true, preApproval: true, clientState: true, streamManagement: true};
const active = '<active xmlns="urn:xmpp:csi:0"/>';
const inactive = '<inactive xmlns="urn:xmpp:csi:0"/>';

test('the server is told when nobody looks any more, and when somebody does again', async t => {
	const it = await attached(t, server => {
		server.features = offered;
	});
	it.clock.advance(10_000);
	t.deepEqual(said(it), [], 'a new session is active');
	it.attention.set(false);
	it.attention.set(false);
	t.deepEqual(said(it), [inactive]);
	it.attention.set(true);
	t.deepEqual(said(it), [inactive, active]);
});

test('a question follows “nobody looks”: its answer lets out what the server had ready', async t => {
	const it = await attached(t, server => {
		server.features = offered;
	});
	it.clock.advance(10_000);
	const pings = () => it.server.asked.filter(text => text.includes('<ping xmlns="urn:xmpp:ping"/>')).length;
	it.attention.set(false);
	t.is(pings(), 1);
	it.attention.set(true);
	t.is(pings(), 1, 'who is active need not ask');
	it.attention.set(false);
	t.is(pings(), 2);
	await it.live.resumed();
	t.deepEqual(said(it), [inactive, active, inactive, inactive]);
	t.is(pings(), 3, 'and after a resumption');
});

test('somebody else who looks counts as long as they do, and so does everyone', async t => {
	const it = await attached(t, server => {
		server.features = offered;
	});
	it.clock.advance(10_000);
	const stopWatching = [it.attention.watch(), it.attention.watch()];
	it.attention.set(false);
	stopWatching[0]?.();
	stopWatching[0]?.();
	t.deepEqual(said(it), []);
	stopWatching[1]?.();
	t.deepEqual(said(it), [inactive]);
	it.attention.watch();
	t.deepEqual(said(it), [inactive, active]);
});

test('who sends while nobody looks waits for receipts: a minute of being active', async t => {
	const it = await attached(t, server => {
		server.features = offered;
	});
	it.clock.advance(10_000);
	it.attention.stir();
	t.deepEqual(said(it), []);
	it.attention.set(false);
	it.attention.stir();
	it.clock.advance(59_000);
	it.attention.stir();
	it.clock.advance(59_000);
	t.deepEqual(said(it), [inactive, active]);
	it.clock.advance(1000);
	t.deepEqual(said(it), [inactive, active, inactive]);
});

test('a server that does not offer it is not told', async t => {
	const it = await attached(t);
	it.attention.set(false);
	t.deepEqual(said(it), []);
});

test('whoever looks again after a resumption does not wait for the session to settle', async t => {
	const it = await attached(
		t,
		server => {
			server.features = offered;
		},
		{active: false},
	);
	await it.live.resumed();
	t.deepEqual(said(it), [inactive]);
	it.attention.set(true);
	t.deepEqual(said(it), [inactive, active]);
});

test('a fresh session is told that nobody looks once it has settled, and nothing is said in one that is over', async t => {
	const it = await attached(
		t,
		server => {
			server.features = offered;
		},
		{active: false},
	);
	t.deepEqual(said(it), [], 'not while the session asks for all it needs');
	it.clock.advance(10_000);
	t.deepEqual(said(it), [inactive]);
	it.live.dispose();
	it.attention.set(true);
	t.deepEqual(said(it), [inactive]);
});
