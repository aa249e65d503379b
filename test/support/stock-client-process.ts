/**
 * The stock client in a process of its own, for defects that end the process: `node stock-client-process.js PORT`.
 * It prints the errors that an application could deal with.
 */
import {client} from '@xmpp/client';

const stock = client({service: `xmpp://127.0.0.1:${process.argv[2]}`, domain: 'localhost'});
const say = (line: string) => process.stdout.write(`${line}\n`);
stock.reconnect.stop();
stock.on('error', (error: Error) => say(`error event ${error.message}`));
stock.start().catch((error: Error) => say(`start failed ${error.message}`));
