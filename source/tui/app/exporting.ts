/** `/export`: a conversation into a file. */
import type {Actions} from '../../model/actions.js';
import type {ViewIntent} from '../../model/view.js';
import {printable} from '../../shared/text.js';
import {pathFrom} from '../assistant/trust.js';

type Exporting = Extract<ViewIntent, {readonly type: 'exportHistory'}>;

/** Writes it and answers what to say. Rejects with why it could not be written. */
export async function exported(
	{buffer, format, path}: Exporting,
	actions: Pick<Actions, 'exportHistory'>,
): Promise<string> {
	const target = pathFrom(path);
	const {messages} = await actions.exportHistory({buffer, format, path: target});
	const count = messages === 1 ? 'One message is' : `${messages} messages are`;
	return `${count} in ${printable(target, 'line')}, which only you may read.`;
}
