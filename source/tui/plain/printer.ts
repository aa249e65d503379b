/** Append-only output: whole lines, and a prompt that a line printed meanwhile does not run into. */
export type Printer = {
	print(lines: readonly string[]): void;
	/** Shows that a line is expected. Nothing without a person to see it. */
	prompt(text: string): void;
	/** The person has ended the prompt's line with Enter; `unseen`: the terminal has not shown even that. */
	entered(unseen: boolean): void;
};

/**
 * `interactive`: somebody types on the terminal that `write` writes to. `repeats`: the prompt is shown again below what is
 * printed while it stands there; who listens would hear it after each message.
 */
export function createPrinter(write: (text: string) => void, interactive: boolean, repeats = true): Printer {
	let shown: string | undefined;
	return {
		print(lines) {
			if (lines.length === 0) {
				return;
			}

			const text = lines.map(line => `${line}\n`).join('');
			write(shown === undefined ? text : `\n${text}${repeats ? shown : ''}`);
			shown = repeats ? shown : undefined;
		},
		prompt(text) {
			if (interactive && shown !== text) {
				write(shown === undefined ? text : `\n${text}`);
				shown = text;
			}
		},
		entered(unseen) {
			if (unseen && interactive) {
				write('\n');
			}

			shown = undefined;
		},
	};
}
