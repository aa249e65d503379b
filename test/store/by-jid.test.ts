import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import type {BareJid} from '../../source/shared/jid.js';
import {byJid, nobodyByJid, valueFor, valuesOf, withoutValue, withValue} from '../../source/store/by-jid.js';

const jids = Array.from({length: 40}, (_, index) => `contact${index}@example.org` as BareJid);
const step = fc.record({jid: fc.constantFrom(...jids), value: fc.option(fc.nat(), {nil: undefined})});

testProp('it holds what a map would hold after the same changes', [fc.array(step)], (t, steps) => {
	let mine = byJid<number>([]);
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
	const before = byJid([[romeo, 1]]);
	withValue(before, romeo, 2);
	withoutValue(before, romeo);
	t.is(valueFor(before, romeo), 1);
});

test('taking out who is not there changes nothing', t => {
	t.is(withoutValue(nobodyByJid, 'romeo@example.org' as BareJid), nobodyByJid);
});

test('the name of a property of every object is nobody', t => {
	t.is(valueFor(byJid([['romeo@example.org' as BareJid, 1]]), 'constructor' as BareJid), undefined);
});
