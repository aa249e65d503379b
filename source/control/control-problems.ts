import type {Problem} from '../shared/errors.js';

/** Frames end with one of these, or an Action is answered with it. */
export const controlProblems = {
	badFrame: (reason: string): Problem => ({
		code: 'control-frame',
		kind: 'protocol',
		message: `What came over the control socket cannot be understood: ${reason}.`,
		hint: 'Use the same version of xmppc on both sides.',
	}),
	otherVersion: (running: number, ours: number): Problem => ({
		code: 'control-version',
		kind: 'unavailable',
		message: `The xmppc that is running speaks version ${running} of the control socket, and this one version ${ours}.`,
		hint: 'Close the one that is running and start it anew.',
	}),
	tooSlow: (): Problem => ({
		code: 'control-too-slow',
		kind: 'temporary',
		message: 'The connection to the running xmppc was cut, because too much waited there to be read.',
		hint: 'Start again: what was missed is in the history.',
	}),
	tooMany: (limit: number): Problem => ({
		code: 'control-busy',
		kind: 'temporary',
		message: `${limit} programs are connected to the running xmppc, and it takes no more.`,
		hint: 'Close one of them.',
	}),
	closing: (): Problem => ({
		code: 'control-closed',
		kind: 'temporary',
		message: 'The xmppc that was running has ended.',
		hint: 'Try again.',
	}),
	lost: (): Problem => ({
		code: 'control-lost',
		kind: 'temporary',
		message: 'The connection to the running xmppc broke off.',
		hint: 'Try again.',
	}),
	silent: (): Problem => ({
		code: 'control-silent',
		kind: 'temporary',
		message: 'The xmppc that is running with this profile does not answer.',
		hint: 'It may be stopped (Ctrl+Z): continue or close it.',
	}),
	unknownAction: (): Problem => ({
		code: 'unknown-action',
		kind: 'usage',
		message: 'The running xmppc knows no Action of that name.',
	}),
	invalidInput: (action: string): Problem => ({
		code: 'invalid-input',
		kind: 'badData',
		message: `The Action ${action} does not take such input.`,
	}),
} as const;
