import {nearestNames} from '../shared/nearest.js';
import type {Complaint} from './complaint.js';
import type {CompletionSource} from './context.js';

/**
 * Why a theme of this name cannot be chosen. The setting takes any name, since files come and go; whoever types one now
 * means one that is there and can be painted.
 */
export function themeComplaint(name: string, source: CompletionSource): Complaint | undefined {
	const themes = source.settingValues('theme');
	const theme = themes.find(({value}) => value === name);
	if (theme !== undefined) {
		return theme.complaint;
	}

	const names = themes.map(({value}) => value);
	const near = nearestNames(name, names);
	return {
		code: 'no-such-theme',
		message: `There is no theme “${name}”.`,
		hint: near.length === 0 ? `There are ${names.join(', ')}.` : `Did you mean ${near.join(', ')}?`,
	};
}
