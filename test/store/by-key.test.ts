import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import type {BareJid} from '../../source/shared/jid.js';
import {byKey, noneByKey, valueFor, valuesOf, withoutValue, withValue} from '../../source/store/by-key.js';

const jids = Array.from({length: 40}, (_, index) => `contact${index}@example.org` as BareJid);
const step = fc.record({jid: fc.constantFrom(...jids), value: fc.option(fc.nat(), {nil: undefined})});

testProp('it holds what a map would hold after the same changes', [fc.array(step)], (t, steps) => {
	let mine = byKey<number>([]);
	const theirs = new Map<string, number>();
	for (const {jid, value} of steps) {
		if (value === undefined) {
			mine = withoutValue(mine, jid);
			theirs.delete(jid);
		} else {
			mine = withValue(mine, jid, value);
			theirs.set(jid, value);
		}
	}

	t.is(mine.size, theirs.size);
	t.deepEqual([...valuesOf(mine)].sort(), [...theirs.values()].sort());
	for (const jid of jids) {
		t.is(valueFor(mine, jid), theirs.get(jid));
	}
});

test('a change leaves what was there before as it was', t => {
	const [romeo = 'romeo@example.org' as BareJid] = jids;
	const before = byKey([[romeo, 1]]);
	withValue(before, romeo, 2);
	withoutValue(before, romeo);
	t.is(valueFor(before, romeo), 1);
});

test('taking out who is not there changes nothing', t => {
	t.is(withoutValue(noneByKey, 'romeo@example.org' as BareJid), noneByKey);
});

test('the name of a property of every object is nobody', t => {
	t.is(valueFor(byKey([['romeo@example.org' as BareJid, 1]]), 'constructor' as BareJid), undefined);
});

test('a nick that is the name of the prototype is a nick as any other', t => {
	const nick = '__proto__';
	t.is(valueFor(byKey([[nick, 1]]), nick), 1);
	t.is(valueFor(withValue<number>(noneByKey, nick, 2), nick), 2);
	t.is(withoutValue(byKey([[nick, 1]]), nick).size, 0);
});
