/**
 * XEP-0500: MUC Slow Mode, version 0.1.1: how long one has to wait from one message to the next in a room. The waiting is
 * done where messages are sent. https://xmpp.org/extensions/xep-0500.html
 */
import {defineExtension} from '../xmpp/extension.js';
import type {ExtensionPorts} from './ports.js';
import {type Information, information, serviceDiscovery} from './service-discovery.js';

/** Seconds. More than a day says nothing that helps anybody. */
const longestWait = 86_400;

/** §4: the seconds that a room says, in its form; what is no positive whole number counts as none. */
export function slowModeIn(forms: Information['forms']): number | undefined {
	const values = forms.flatMap(({fields}) =>
		fields.flatMap(({name, values: [value]}) => (name === 'muc#roominfo_slow_mode_duration' ? [value ?? ''] : [])),
	);
	const seconds = /^\+?\d{1,100}$/.test(values[0] ?? '') ? Number(values[0]) : 0;
	return seconds === 0 ? undefined : Math.min(seconds, longestWait);
}

export const slowMode = defineExtension<void, ExtensionPorts>({
	name: 'slow mode',
	xep: '0500',
	version: '0.1.1',
	since: '0.2.0',
	status: 'complete',
	features: [],
	codecs: [information],
	requires: [serviceDiscovery],
	attach() {},
});
