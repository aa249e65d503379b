/** Files on their way, in words. */
import {isOver, type Transfer} from '../../model/transfer.js';
import {sizeText} from '../../shared/size-text.js';
import {printable, truncateToWidth} from '../../shared/text.js';

/** Columns of a name where there is little room. */
const shortName = 20;

/** Whole per cent of what is there; undefined where it is not known of how much. */
export function percentOf({done, total}: Pick<Transfer, 'done' | 'total'>): number | undefined {
	return total === undefined || total === 0 ? undefined : Math.min(100, Math.floor((done / total) * 100));
}

/** Seconds that it will take at this rate. */
export function secondsLeft({done, total, rate}: Pick<Transfer, 'done' | 'total' | 'rate'>): number | undefined {
	return total === undefined || rate === undefined || rate <= 0 ? undefined : Math.ceil((total - done) / rate);
}

/** `0:05`, `12:30`, `1:02:03`. */
export function durationText(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	const two = (value: number) => String(value).padStart(2, '0');
	const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
	return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** What stands in the status bar of the files on their way in a buffer, the longest form first. */
export function runningWords(running: readonly Transfer[]): readonly string[] {
	const [first, ...others] = running;
	if (first === undefined) {
		return [];
	}

	const sign = first.direction === 'up' ? '↑' : '↓';
	const percent = percentOf(first);
	const share = percent === undefined ? sizeText(first.done) : `${percent} %`;
	const name = truncateToWidth(printable(first.name, 'line'), shortName);
	const more = others.length === 0 ? '' : ` +${others.length}`;
	const left = secondsLeft(first);
	const speed = first.rate === undefined ? '' : ` ${sizeText(first.rate)}/s`;
	const time = left === undefined ? '' : ` ${durationText(left)}`;
	return [
		`${sign} ${name} ${share}${speed}${time}${more}`,
		`${sign} ${name} ${share}${more}`,
		`${sign} ${share}${more}`,
	];
}

/** One line of the list: what it is, how far, and why not. */
export function transferLines(transfer: Transfer, number: number, where: string): readonly string[] {
	const {direction, name, state, total, done, problem, path} = transfer;
	const way = direction === 'up' ? 'to' : 'from';
	const head = `${String(number).padStart(2)}  ${printable(name, 'line')}, ${way} ${where}: ${stateWords(transfer)}`;
	const size = total === undefined ? done : total;
	const details = [
		...(isOver(transfer) && size > 0 ? [sizeText(size)] : []),
		...(state === 'done' && path !== undefined ? [printable(path, 'line')] : []),
		...(problem === undefined ? [] : [printable(problem.message, 'line')]),
	];
	return [head, ...details.map(text => `    ${text}`)];
}

function stateWords(transfer: Transfer): string {
	const {state, done, total, rate} = transfer;
	switch (state) {
		case 'waiting':
			return 'waits';
		case 'running': {
			const percent = percentOf(transfer);
			const left = secondsLeft(transfer);
			return [
				percent === undefined ? sizeText(done) : `${percent} % of ${sizeText(total ?? 0)}`,
				...(rate === undefined ? [] : [`${sizeText(rate)}/s`]),
				...(left === undefined ? [] : [`${durationText(left)} left`]),
			].join(', ');
		}

		case 'done':
			return 'done';
		case 'failed':
			return 'failed';
		case 'cancelled':
			return 'cancelled';
	}
}
