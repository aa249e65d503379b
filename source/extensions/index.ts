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
import {callOffers} from './call-offers.js';
import {captcha} from './captcha.js';
import {carbons} from './carbons.js';
import {channelSearch} from './channel-search.js';
import {chatMarkers} from './chat-markers.js';
import {chatStates} from './chat-states.js';
import {clientState} from './client-state.js';
import {delayedDelivery} from './delayed-delivery.js';
import {deliveryReceipts} from './delivery-receipts.js';
import {displayedSync} from './displayed-sync.js';
import {encryptedFiles} from './encrypted-files.js';
import {entityCapabilities} from './entity-capabilities.js';
import {explicitEncryption} from './explicit-encryption.js';
import {fileHashes} from './file-hashes.js';
import {fileMetadata} from './file-metadata.js';
import {fileSharing} from './file-sharing.js';
import {geolocation} from './geolocation.js';
import {httpUpload} from './http-upload.js';
import {lastUserInteraction} from './idle.js';
import {linkMetadata} from './link-metadata.js';
import {mediaSharing} from './media-sharing.js';
import {mentions} from './mentions.js';
import {messageCorrection} from './message-correction.js';
import {messageFallback} from './message-fallback.js';
import {messageHints} from './message-hints.js';
import {messageModeration} from './message-moderation.js';
import {messageReactions} from './message-reactions.js';
import {messageReplies} from './message-replies.js';
import {messageRetraction} from './message-retraction.js';
import {messageStyling} from './message-styling.js';
import {multiUserChat} from './multi-user-chat.js';
import {outOfBand} from './out-of-band.js';
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
import {spoilers} from './spoilers.js';
import {subscription} from './subscription.js';
import {uniqueIds} from './unique-ids.js';
import {urlAddresses} from './url-data.js';
import {userNicks} from './user-nicks.js';
import {vcards} from './vcard.js';
import {vcardAvatars} from './vcard-avatars.js';
import {vcards4} from './vcard4.js';

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
	messageCorrection,
	messageRetraction,
	messageReactions,
	messageReplies,
	messageFallback,
	mentions,
	messageHints,
	lastUserInteraction,
	explicitEncryption,
	spoilers,
	messageStyling,
	geolocation,
	outOfBand,
	urlAddresses,
	fileHashes,
	fileMetadata,
	encryptedFiles,
	fileSharing,
	mediaSharing,
	httpUpload,
	linkMetadata,
	callOffers,
	ping,
	bitsOfBinary,
	captcha,
	multiUserChat,
	messageModeration,
	chatStates,
	slowMode,
	softwareVersion,
	pubsub,
	roomAdministration,
	roomInvitations,
	vcards,
	vcards4,
	userNicks,
	vcardAvatars,
	roomAvatars,
	bookmarks,
	displayedSync,
	channelSearch,
	clientState,
];
