/** Why a word is refused, before it is known where the word stands. */
export type Complaint = {readonly code: string; readonly message: string; readonly hint?: string};
