/**
 * XEP-0377: Blocking Command Reports, version 0.4.1: what the operator of the server is told of somebody who is blocked. It
 * goes with the block (`blocking.ts`). https://xmpp.org/extensions/xep-0377.html
 */
import {type ReportReason, reportReasons} from '../model/blocking.js';
import {attribute, children, type Decoded, element, optionalChildText} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty, type Scalar} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';
import {stanzaId} from './unique-ids.js';

export const reportsNamespace = 'urn:xmpp:reporting:1';

const beginning = 'urn:xmpp:reporting:';

const reason: Scalar<ReportReason> = {
	parse: text => reportReasons.find(each => `${beginning}${each}` === text),
	format: value => `${beginning}${value}`,
};

/** §6: the ids are those that the archive gave to what was written. */
export const report = element(reportsNamespace, 'report', {
	reason: attribute('reason', reason),
	messages: children(stanzaId),
	text: optionalChildText('text', nonEmpty),
});

export type Report = Decoded<typeof report>;

export const reports = defineExtension<void, ExtensionPorts>({
	name: 'reports',
	xep: '0377',
	version: '0.4.1',
	since: '0.2.0',
	status: 'partial',
	features: [],
	codecs: [report],
	requires: [],
	attach() {},
});
