import test from 'ava';
import {bufferId, consoleBuffer} from '../../source/model/buffer.js';
import {account, buffer, contact, me, nurse, romeo, withRomeo} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const withNurse = bufferId(me, 'chat', nurse);
const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
	buffers: [buffer(romeo), buffer(nurse)],
	active: withRomeo,
};

const told = ({backend}: Typist) => backend.asked('setTyping');
const composing = {buffer: withRomeo, state: 'composing'};

test('whoever writes to somebody is said to, once in a while', async t => {
	const typist = await createTypist(people);
	await typist.type('Wherefore');
	t.deepEqual(told(typist), [composing]);
	typist.clock.advance(2000);
	await typist.type(' art');
	t.deepEqual(told(typist), [composing]);
	typist.clock.advance(1000);
	await typist.type(' thou');
	t.deepEqual(told(typist), [composing, composing]);
});

test('a text that is taken back is one that is not written any more', async t => {
	const typist = await createTypist(people);
	await typist.type(`Ay${press.control('u')}`);
	t.deepEqual(told(typist), [composing]);
	typist.clock.advance(1000);
	t.deepEqual(told(typist), [composing, {buffer: withRomeo, state: 'none'}]);
	typist.clock.advance(60_000);
	t.is(told(typist).length, 2);
});

test('after a text that was sent it begins anew with the next one', async t => {
	const typist = await createTypist(people);
	await typist.type(`Ay me${press.enter}`);
	typist.clock.advance(1000);
	t.deepEqual(told(typist), [composing, {buffer: withRomeo, state: 'none'}]);
	await typist.type('Hark');
	t.deepEqual(told(typist).at(-1), composing);
});

test('a command is not written to anybody, /me and a text that begins with a stroke are', async t => {
	const typist = await createTypist(people);
	await typist.type(`/msg nurse Good morrow${press.control('u')}`);
	t.deepEqual(told(typist), []);
	await typist.type(`/me${press.control('u')}`);
	t.deepEqual(told(typist), [composing]);
	const other = await createTypist(people);
	await other.type('//');
	t.deepEqual(told(other), [composing]);
});

test('a text that becomes a command is not written any more', async t => {
	const typist = await createTypist(people);
	await typist.type(`note${press.control('a')}/`);
	typist.clock.advance(1000);
	t.deepEqual(told(typist), [composing, {buffer: withRomeo, state: 'none'}]);
});

test('whoever goes elsewhere with a text begun has paused', async t => {
	const typist = await createTypist(people);
	await typist.type(`Wherefore${press.alt('3')}`);
	t.is(typist.app.view().active, withNurse);
	t.deepEqual(told(typist), [composing, {buffer: withRomeo, state: 'paused'}]);
	await typist.type('Madam');
	t.deepEqual(told(typist).at(-1), {buffer: withNurse, state: 'composing'});
});

test('what was begun before the program was started is not being written, until somebody goes on', async t => {
	const typist = await createTypist({...people, buffers: [{...buffer(romeo), draft: 'Wherefore'}, buffer(nurse)]});
	t.is(typist.input(), 'Wherefore');
	t.deepEqual(told(typist), []);
	await typist.type(' art');
	t.deepEqual(told(typist), [composing]);
});

test('in the console nobody hears anything', async t => {
	const typist = await createTypist({...people, active: consoleBuffer});
	await typist.type('Hark');
	t.deepEqual(told(typist), []);
});

test('a report that is refused disturbs nobody', async t => {
	const typist = await createTypist(people);
	typist.backend.refuse('setTyping', new Error('no'));
	const before = typist.screen();
	await typist.type(`H${press.control('u')}`);
	t.is(typist.screen(), before);
});
