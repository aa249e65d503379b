/** The forms in which a conversation can be taken out of the program. */
export const exportFormats = ['text', 'json', 'markdown', 'html'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** The form that a file's name promises; without such an ending, text. */
export function formatOf(path: string): ExportFormat {
	const ending = /\.([a-z]+)$/iu.exec(path)?.[1]?.toLowerCase() ?? '';
	return Object.hasOwn(endings, ending) ? (endings[ending] ?? 'text') : 'text';
}

const endings: Readonly<Record<string, ExportFormat>> = {
	json: 'json',
	md: 'markdown',
	markdown: 'markdown',
	html: 'html',
	htm: 'html',
};
