import {createRegistry} from '../registry.js';
import {accounts} from './accounts.js';
import {aliases} from './aliases.js';
import {arrangement} from './arrangement.js';
import {bookmarks} from './bookmarks.js';
import {contacts} from './contacts.js';
import {conversation} from './conversation.js';
import {encryption} from './encryption.js';
import {filesInAndOut} from './files.js';
import {finding} from './finding.js';
import {ignoring} from './ignoring.js';
import {inspection} from './inspection.js';
import {keys} from './keys.js';
import {looks} from './looks.js';
import {messages} from './messages.js';
import {presence} from './presence.js';
import {profiles} from './profiles.js';
import {roomAdministration} from './room-administration.js';
import {roomLists} from './room-lists.js';
import {rooms} from './rooms.js';
import {screen} from './screen.js';
import {settings} from './settings.js';
import {strangers} from './strangers.js';
import {terminal} from './terminal.js';
import {writing} from './writing.js';

/** Families in the order in which the help shows them. Adding a command is adding a row to one of them. */
export const families = [
	{title: 'Conversation', commands: conversation},
	{title: 'Messages', commands: messages},
	{title: 'Files', commands: filesInAndOut},
	{title: 'Rooms', commands: [...rooms, ...roomLists, ...profiles, ...ignoring, ...bookmarks]},
	{title: 'Running a room', commands: roomAdministration},
	{title: 'Encryption', commands: encryption},
	{title: 'Writing', commands: writing},
	{title: 'Finding', commands: finding},
	{title: 'Contacts', commands: contacts},
	{title: 'Strangers', commands: strangers},
	{title: 'Presence', commands: presence},
	{title: 'Accounts', commands: accounts},
	{title: 'Screen', commands: screen},
	{title: 'Looks', commands: looks},
	{title: 'Arrangement', commands: arrangement},
	{title: 'Keys', commands: keys},
	{title: 'Settings', commands: [...settings, ...aliases]},
	{title: 'Terminal', commands: terminal},
	{title: 'Inspection', commands: inspection},
] as const;

export const registry = createRegistry(families.flatMap(family => family.commands));
