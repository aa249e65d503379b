/** The doctor for who has no screen up: the command line loads this when it is asked for, and nothing of it before. */
import {type AskOptions, askTerminal} from '../terminal/ask.js';
import type {Diagnosis} from './diagnosis.js';
import {doctorLines} from './doctor-page.js';
import {examine} from './examine.js';
import type {Findings, Wishes} from './findings.js';

export type OutsideOptions = AskOptions & {
	readonly wishes: Wishes;
	readonly stdout: Pick<NodeJS.WriteStream, 'columns' | 'rows'>;
};

/** Asks the terminal what it can do. `lines` says the same as `diagnosis`, for a person. */
export async function examineOutside({
	wishes,
	...options
}: OutsideOptions): Promise<{readonly diagnosis: Diagnosis; readonly lines: readonly string[]}> {
	const {clock, env, stdout} = options;
	const report = await askTerminal(options);
	const {columns, rows} = stdout;
	const size: Pick<Findings, 'size'> = stdout.isTTY ? {size: {columns, rows}} : {};
	const diagnosis = await examine({clock, env, wishes, ...size, ...(report === undefined ? {} : {report})});
	return {diagnosis, lines: doctorLines(diagnosis).map(({text}) => text)};
}
