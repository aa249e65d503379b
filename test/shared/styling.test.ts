import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {isStyled, parseStyling, styledRuns} from '../../source/shared/styling.js';

/** What is styled in a text: `style:text with its directives`. */
function styled(text: string): readonly string[] {
	return parseStyling(text).flatMap(line => line.spans.map(({style, from, to}) => `${style}:${text.slice(from, to)}`));
}

/** One word a line: depth of quotation, block, what stands behind the `>` signs. */
function blocks(text: string): readonly string[] {
	return parseStyling(text).map(
		({quotes, block, content, to}) => `${quotes} ${block} ${JSON.stringify(text.slice(content, to))}`,
	);
}

const spanExamples: ReadonlyArray<readonly [text: string, ...spans: string[]]> = [
	['plain span'],
	['*strong span*', 'strong:*strong span*'],
	['plain _emphasis_ plain', 'emphasis:_emphasis_'],
	['`pre` plain *strong*', 'code:`pre`', 'strong:*strong*'],
	['*strong*plain*', 'strong:*strong*'],
	['* plain *strong*', 'strong:*strong*'],
	['not strong*'],
	['*not strong'],
	['*not \n strong*'],
	['*not *strong'],
	['**'],
	['***'],
	['****'],
	['Everyone ~dis~likes cake.', 'strike:~dis~'],
	['This is `monospace`', 'code:`monospace`'],
	['This is `*monospace*`', 'code:`*monospace*`'],
	['This is *`monospace and bold`*', 'strong:*`monospace and bold`*', 'code:`monospace and bold`'],
	['Two spans, both *alike in dignity*', 'strong:*alike in dignity*'],
	['snake_case_name and 2*3*4'],
	['*a* *b*', 'strong:*a*', 'strong:*b*'],
	['_both *inside* it_', 'emphasis:_both *inside* it_', 'strong:*inside*'],
	['*crosses _over* its_', 'strong:*crosses _over*'],
	['*no* end_ *here', 'strong:*no*'],
	['*\u{2003}not*'],
	['a\u{3000}*wide space*', 'strong:*wide space*'],
	['*👍*', 'strong:*👍*'],
];

for (const [text, ...spans] of spanExamples) {
	test(`${JSON.stringify(text)} holds ${spans.length === 0 ? 'nothing styled' : spans.join(', ')}`, t => {
		t.deepEqual(styled(text), spans);
	});
}

test('a fenced block holds no spans and ends at the line of three grave accents alone', t => {
	t.deepEqual(blocks('```ignored\n(println *Hello*)\n``` not yet\n```\n\nplain'), [
		'0 fence "```ignored"',
		'0 code "(println *Hello*)"',
		'0 code "``` not yet"',
		'0 fence "```"',
		'0 text ""',
		'0 text "plain"',
	]);
});

test('a fenced block without an end goes on to the end of the quotation around it', t => {
	t.deepEqual(blocks('> ```\n> (println "Hello, world!")\n\nThe entire *blockquote*'), [
		'1 fence "```"',
		'1 code "(println \\"Hello, world!\\")"',
		'0 text ""',
		'0 text "The entire *blockquote*"',
	]);
	t.deepEqual(styled('> ```\n> *code*\n\n*text*'), ['strong:*text*']);
});

test('quotations nest, and one white space after each sign is not part of what is quoted', t => {
	t.deepEqual(blocks('>> That that is, is.\n> Said the old hermit.\n\nWho?'), [
		'2 text "That that is, is."',
		'1 text "Said the old hermit."',
		'0 text ""',
		'0 text "Who?"',
	]);
	t.deepEqual(blocks('>  two spaces\n>none'), ['1 text " two spaces"', '1 text "none"']);
});

test('spans inside a quotation begin at what is quoted', t => {
	t.deepEqual(styled('> *quoted*'), ['strong:*quoted*']);
});

test('a sign that is not the first of its line quotes nothing', t => {
	t.deepEqual(blocks(' > no'), ['0 text " > no"']);
});

test('isStyled tells whether there is anything to style', t => {
	t.false(isStyled('2 * 3 > 5'));
	t.false(isStyled('plain'));
	t.true(isStyled('> quoted'));
	t.true(isStyled('a *b*'));
	t.true(isStyled('```'));
});

test('runs cut a line where its styles change', t => {
	const text = 'a _b *c* d_ e';
	const [line] = parseStyling(text);
	t.deepEqual(line === undefined ? [] : styledRuns(line).map(run => [text.slice(run.from, run.to), ...run.styles]), [
		['a '],
		['_b ', 'emphasis'],
		['*c*', 'emphasis', 'strong'],
		[' d_', 'emphasis'],
		[' e'],
	]);
});

test('hostile texts take time in proportion to their length', t => {
	for (const text of ['*a ', ' *', '_*', '>', '~`', '```\n', '>`', ' *a_ _b*'].map(part => part.repeat(40_000))) {
		t.true(parseStyling(text).length > 0);
	}
});

testProp(
	'lines and runs cover the text without gaps, and spans lie inside their line and their parents',
	[fc.string({unit: fc.constantFrom('*', '_', '~', '`', '>', ' ', '\n', 'a', '😀', '```'), maxLength: 60})],
	(t, text) => {
		let at = 0;
		for (const line of parseStyling(text)) {
			t.is(line.from, at);
			t.true(line.content >= line.from && line.content <= line.to);
			t.false(text.slice(line.from, line.to).includes('\n'));
			at = line.to + 1;
			const ends = [line.to];
			for (const span of line.spans) {
				while (ends.length > 1 && (ends.at(-1) ?? 0) <= span.from) {
					ends.pop();
				}

				t.true(span.from >= line.content && span.to - span.from >= 3 && span.to <= (ends.at(-1) ?? 0));
				t.is(text.charAt(span.from), text.charAt(span.to - 1));
				ends.push(span.to);
			}

			const runs = styledRuns(line);
			t.is(runs.map(run => text.slice(run.from, run.to)).join(''), text.slice(line.content, line.to));
		}

		t.is(at, text.length + 1);
	},
);
