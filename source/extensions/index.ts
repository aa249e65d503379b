/**
 * Every extension of the program. A new XEP is one file beside this one and one line here. At the start of a session they
 * speak in this order (`onStarted`), all before any answer is waited for.
 */
import type {Extension} from '../xmpp/extension.js';
import {archive} from './archive.js';
import {archivePreferences} from './archive-preferences.js';
import {bitsOfBinary} from './bits-of-binary.js';
import {blocking} from './blocking.js';
import {bookmarks} from './bookmarks.js';
import {captcha} from './captcha.js';
import {carbons} from './carbons.js';
import {channelSearch} from './channel-search.js';
import {chatMarkers} from './chat-markers.js';
import {clientState} from './client-state.js';
import {delayedDelivery} from './delayed-delivery.js';
import {deliveryReceipts} from './delivery-receipts.js';
import {entityCapabilities} from './entity-capabilities.js';
import {explicitEncryption} from './explicit-encryption.js';
import {lastUserInteraction} from './idle.js';
import {mentions} from './mentions.js';
import {messageHints} from './message-hints.js';
import {multiUserChat} from './multi-user-chat.js';
import {ping} from './ping.js';
import type {ExtensionPorts} from './ports.js';
import {presence} from './presence.js';
import {pubsub} from './pubsub.js';
import {reports} from './reports.js';
import {resultSetManagement} from './result-set.js';
import {roomAdministration} from './room-administration.js';
import {roomAvatars} from './room-avatars.js';
import {roomInvitations} from './room-invitations.js';
import {roster} from './roster.js';
import {serviceDiscovery} from './service-discovery.js';
import {slowMode} from './slow-mode.js';
import {softwareVersion} from './software-version.js';
import {subscription} from './subscription.js';
import {uniqueIds} from './unique-ids.js';
import {vcards} from './vcard.js';
import {vcardAvatars} from './vcard-avatars.js';

export const extensions: readonly Extension<unknown, ExtensionPorts>[] = [
	carbons,
	roster,
	serviceDiscovery,
	entityCapabilities,
	presence,
	blocking,
	reports,
	subscription,
	uniqueIds,
	archive,
	archivePreferences,
	resultSetManagement,
	delayedDelivery,
	deliveryReceipts,
	chatMarkers,
	mentions,
	messageHints,
	lastUserInteraction,
	explicitEncryption,
	ping,
	bitsOfBinary,
	captcha,
	multiUserChat,
	slowMode,
	softwareVersion,
	pubsub,
	roomAdministration,
	roomInvitations,
	vcards,
	vcardAvatars,
	roomAvatars,
	bookmarks,
	channelSearch,
	clientState,
];
