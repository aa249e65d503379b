import {authorOf, marksOf, reactionsOf, type StampOf, titleOf, type Writer, wordsOf} from './exported.js';

/**
 * One page that needs nothing else: no script, nothing from anywhere, and whatever somebody wrote is text. A browser is told
 * so as well, should a sign of theirs ever escape ours.
 */
export function htmlWriter(stampOf: StampOf): Writer {
	return {
		begin(conversation) {
			const title = escaped(titleOf(conversation));
			return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
`;
		},
		message(message, conversation) {
			const at = new Date(message.receivedAt).toISOString();
			const notes = marksOf(message)
				.map(mark => ` <small>${escaped(mark)}</small>`)
				.join('');
			const reactions = reactionsOf(message).map(line => `<li dir="auto">${escaped(line)}</li>`);
			return [
				`<article class="${message.direction}">`,
				`<header><b><bdi>${escaped(authorOf(message, conversation))}</bdi></b> `,
				`<time datetime="${at}">${escaped(stampOf(message.receivedAt))}</time>${notes}</header>`,
				`<p dir="auto"${message.retracted === undefined ? '' : ' class="gone"'}>${escaped(wordsOf(message))}</p>`,
				...(reactions.length === 0 ? [] : [`<ul>${reactions.join('')}</ul>`]),
				'</article>\n',
			].join('');
		},
		end: () => '</body>\n</html>\n',
	};
}

const style = [
	'body{font-family:sans-serif;max-width:50em;margin:1em auto;padding:0 1em;color-scheme:light dark}',
	'h1{font-size:1.2em}',
	'article{margin:.8em 0}',
	'p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.1em 0}',
	'time,small{opacity:.7;font-size:.85em}',
	'.gone{font-style:italic;opacity:.7}',
	'ul{margin:.1em 0;padding-left:1.2em;font-size:.9em}',
].join('');

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

function escaped(text: string): string {
	return text.replace(/[&<>"']/gu, sign => entities[sign] ?? '');
}
