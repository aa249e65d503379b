import test from 'ava';
import {readInput} from '../../source/control/inputs.js';

const query = {
	terms: [{tokens: ['rose'], open: true}],
	filters: [{by: 'from', value: 'me', excluded: true}],
	since: -5,
};

test('a search is taken with its query, and nothing that is none', t => {
	t.deepEqual(readInput('searchMessages', {query, limit: 10, before: 7, more: 'is left out'}), {
		query,
		limit: 10,
		before: 7,
	});
	const refused: readonly unknown[] = [
		{limit: 10},
		{query},
		{query, limit: 0},
		{query, limit: 100_000},
		{query, limit: 10, before: -1},
		{query: {...query, terms: [{tokens: 'rose', open: true}]}, limit: 10},
		{query: {...query, terms: [{tokens: ['rose']}]}, limit: 10},
		{query: {...query, filters: [{by: 'body', value: 'x'}]}, limit: 10},
		{query: {...query, filters: [{by: 'from', value: 'x', excluded: false}]}, limit: 10},
		{query: {...query, before: 'yesterday'}, limit: 10},
	];
	for (const input of refused) {
		t.is(readInput('searchMessages', input), undefined, JSON.stringify(input));
	}
});

test('history is asked for around a key', t => {
	const input = {buffer: 'b', around: 5, limit: 10};
	t.deepEqual(readInput('loadHistory', input) as unknown, input);
	t.is(readInput('loadHistory', {...input, around: 'here'}), undefined);
});

test('whose card it is to be is taken with a resource, a room without', t => {
	const account = 'juliet@example.org';
	t.deepEqual(readInput('vcard', {account}) as unknown, {account});
	const occupant = {account, jid: 'den@rooms.example.org/Romeo'};
	t.deepEqual(readInput('vcard', occupant) as unknown, occupant);
	t.is(readInput('vcard', {account, jid: '@'}), undefined);
	t.is(readInput('vcard', {jid: 'romeo@example.org'}), undefined);
	t.deepEqual(readInput('roomProfile', {account, room: 'den@rooms.example.org'}) as unknown, {
		account,
		room: 'den@rooms.example.org',
	});
	t.is(readInput('roomProfile', {account, room: occupant.jid}), undefined);
	t.is(readInput('roomProfile', {account}), undefined);
});

test('rooms are searched by words that are text, where an address says', t => {
	const input = {account: 'juliet@example.org', service: 'Api@search.example.org', words: 'tea'};
	t.deepEqual(readInput('findRooms', input) as unknown, {...input, service: 'api@search.example.org'});
	t.deepEqual(readInput('findRooms', {account: input.account}) as unknown, {account: input.account});
	for (const wrong of [{words: 5}, {service: 'api@search.example.org/x'}, {account: undefined}]) {
		t.is(readInput('findRooms', {...input, ...wrong}), undefined, JSON.stringify(wrong));
	}
});
