/** Keeps the last answer: a call with the same arguments (by identity) gives the same object again. */
export function rememberLast<Arguments extends readonly unknown[], Result>(
	compute: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
	let last: {readonly given: Arguments; readonly result: Result} | undefined;
	return (...given) => {
		if (last?.given.every((value, index) => Object.is(value, given[index]))) {
			return last.result;
		}

		const result = compute(...given);
		last = {given, result};
		return result;
	};
}
