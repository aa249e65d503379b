import test from 'ava';
import {areConfusable} from '../../source/shared/confusable.js';

test('names that look alike are confusable', t => {
	const pairs = [
		['Bob', 'bob'],
		['Bob', 'Воb'],
		['admin', 'аdmіn'],
		['Romeo', 'Rοmeo'],
		['Alice', 'AIice'],
		['paul', 'pau1'],
		['Root', 'R00t'],
		['marc', 'rnarc'],
		['ivan', 'іvаn'],
		['tybalt', 'ｔｙｂａｌｔ'],
		['nurse', 'nurse\u200b'],
		['nurse', '\u202enurse'],
		['nurse', 'nu\u00adrse'],
		['Lady Capulet', 'Lady\u00a0 Capulet'],
		['café', 'cafe\u0301'],
		['иван', 'Иван'],
		['сосна', 'cосна'],
	] as const;
	for (const [one, other] of pairs) {
		t.true(areConfusable(one, other), `${one} ${JSON.stringify(other)}`);
		t.true(areConfusable(other, one), `${other} ${one}`);
	}
});

test('names that are merely similar are not, and none is with itself', t => {
	const pairs = [
		['Bob', 'Rob'],
		['ann', 'anna'],
		['Ian', 'Ivan'],
		['nurse', 'purse'],
		['guest 1', 'guest 2'],
		['guest1', 'guest2'],
		['cafe', 'café'],
		['иван', 'ивана'],
		['漢字', '漢子'],
		['🍎', '🍏'],
		['', 'a'],
	] as const;
	for (const [one, other] of pairs) {
		t.false(areConfusable(one, other), `${one} ${other}`);
	}

	t.false(areConfusable('Bob', 'Bob'));
});
