/**
 * The stock client over TLS, in a process of its own because it is the environment that says whom it trusts:
 * `node stock-login-process.js SERVICE USER PASSWORD`. It prints how its login ended.
 */
import {client} from '@xmpp/client';

const [service = '', username = '', password = ''] = process.argv.slice(2);
const stock = client({service, domain: 'localhost', username, password});
const say = (line: string) => process.stdout.write(`${line}\n`, () => process.exit());
stock.reconnect.stop();
stock.on('error', () => undefined);
stock.start().then(
	() => say('online'),
	(error: Error) => say(`refused: ${error.message}`),
);
