import {spawn} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';

/** Processor time of all threads of a process until now, in milliseconds. Linux only. */
export function processorTime(pid: number): number {
	let nanoseconds = 0;
	for (const thread of readdirSync(`/proc/${pid}/task`)) {
		nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
	}

	return nanoseconds / 1e6;
}

/** Resident memory of a process in megabytes (10^6 bytes). Linux only. */
export function residentMemory(pid: number): number {
	const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return (Number(kibibytes) * 1024) / 1e6;
}

/** The most resident memory a process has had, in megabytes (10^6 bytes). Linux only. */
export function peakMemory(pid: number): number {
	const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return (Number(kibibytes) * 1024) / 1e6;
}

/** Milliseconds from the start of a program until it has ended. Throws when it fails. */
export function wallTime(
	[program = '', ...programArguments]: readonly string[],
	environment: Readonly<Record<string, string>>,
): Promise<number> {
	return new Promise((resolve, reject) => {
		const started = performance.now();
		const child = spawn(program, programArguments, {env: {...environment}, stdio: 'ignore'});
		child.once('error', reject);
		child.once('exit', status => {
			if (status === 0) {
				resolve(performance.now() - started);
			} else {
				reject(new Error(`${program} ended with ${status}`));
			}
		});
	});
}
