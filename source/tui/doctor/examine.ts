import type {HelpLine} from '../../commands/help-line.js';
import type {Clock} from '../../shared/clock.js';
import {preferredDepth} from '../screen/color.js';
import {createRun} from '../terminal/run.js';
import {type Diagnosis, diagnose} from './diagnosis.js';
import {doctorLines} from './doctor-page.js';
import {askTmux, type Findings} from './findings.js';

/** What is known before tmux is asked. */
export type Examined = Omit<Findings, 'tmux' | 'colorDepth'> & {readonly clock: Clock};

/** Finds out what terminal this is and what would help. Takes as long as tmux takes to answer, two seconds at most. */
export async function examine({clock, ...known}: Examined): Promise<Diagnosis> {
	const {env, wishes} = known;
	const tmux = await askTmux(env, createRun(clock));
	const colorDepth = preferredDepth(wishes['color.depth'], env);
	return diagnose({...known, colorDepth, ...(tmux === undefined ? {} : {tmux})});
}

/** The same as a page. */
export async function doctorPage(examined: Examined): Promise<readonly HelpLine[]> {
	return doctorLines(await examine(examined));
}
