/** What became of an answer to a stranger. Names are harmless already. */
export const answerText = {
	accepted(
		who: string,
		{opened, seen, added}: {readonly opened: boolean; readonly seen: boolean; readonly added: boolean},
	): string {
		const parts = [
			...(added ? ['is a contact now'] : []),
			...(seen && !added ? ['may see your presence'] : []),
			...(opened && !added && !seen ? ['is a stranger no more'] : []),
		];
		return `${who} ${parts.join(' and ') || 'is accepted'}.`;
	},
	declined: (who: string) => `${who} waits no more.`,
	blocked: (who: string) => `${who} is blocked: nothing of them comes through any more.`,
	reported: (who: string, messages: number) =>
		`${who} is blocked and was reported${messages === 0 ? '' : ` with ${messages === 1 ? '1 message' : `${messages} messages`}`}.`,
};
