import test from 'ava';
import {createXmlWatch} from '../../source/client/xml-watch.js';
import type {EventOf} from '../../source/model/events.js';
import type {BareJid} from '../../source/shared/jid.js';
import {createElement} from '../../source/xmpp/element.js';
import {tell} from '../../source/xmpp/tap.js';
import {offlineScene} from './scene.js';

const juliet = 'juliet@example.org' as BareJid;
const other = 'juliet@work.example' as BareJid;

function watching() {
	const events: Array<EventOf<'xml.passed'>> = [];
	const watch = createXmlWatch({now: () => 5}, event => events.push(event));
	const taps = {[juliet]: watch.tapFor(juliet), [other]: watch.tapFor(other)};
	const pass = () => {
		for (const tap of Object.values(taps)) {
			tell(tap, 'in', createElement('message', {from: 'romeo@example.net'}));
		}

		return events.splice(0).map(({account}) => account);
	};
	return {watch, pass, events, taps};
}

test('stanzas are told of while somebody watches, of one account or of all', t => {
	const {watch, pass} = watching();
	t.deepEqual(pass(), []);
	const stopOne = watch.watch(juliet);
	t.deepEqual(pass(), [juliet]);
	const stopAll = watch.watch(undefined);
	t.deepEqual(pass(), [juliet, other]);
	stopAll();
	t.deepEqual(pass(), [juliet], 'the other one still watches');
	stopOne();
	t.deepEqual(pass(), []);
});

test('nothing that a stanza holds can work on a terminal', t => {
	const {watch, events, taps} = watching();
	watch.watch(juliet);
	tell(taps[juliet], 'in', createElement('message', {from: 'a@b/\u009B2J\u202E'}, 'a\u009B2Jb\u202Ec'));
	t.is(events[0]?.from, 'a@b/\\u{9b}2J\\u{202e}');
	t.notRegex(events[0]?.text ?? '', /[\u0080-\u009F\u202E]/);
});

test('the Action turns it on and off, and knows the account', async t => {
	const {actions} = await offlineScene(t);
	await actions.watchXml({on: true});
	await actions.watchXml({account: juliet, on: false});
	await t.throwsAsync(actions.watchXml({account: 'nobody@example.org' as BareJid, on: true}), {
		code: 'no-such-account',
	});
});
