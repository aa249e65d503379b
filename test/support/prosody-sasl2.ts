import {readFileSync} from 'node:fs';
import path from 'node:path';

const systemModules = '/usr/lib/prosody/modules';

/** What makes Debian's modules, written for a later Prosody, work with 0.12: text that is there, and what takes its place. */
const changes: Readonly<Record<string, ReadonlyArray<readonly [found: string, instead: string]>>> = {
	sasl2: [
		['origin.conn:ssl_info()', 'origin.conn:socket():info()'],
		['conn.ssl_exportkeyingmaterial', 'conn:socket().exportkeyingmaterial'],
		['conn:ssl_exportkeyingmaterial(', 'conn:socket():exportkeyingmaterial('],
	],
	sasl2_bind2: [],
	sasl2_fast: [
		['require "util.time".now', 'os.time'],
		['auth:get_child_attr("user-agent", nil, "id")', 'auth:get_child("user-agent").attr.id'],
		// The handler of the older SASL has taken its place by then, and that one has no channel binding.
		['fast_sasl_handler.profile.cb = session.sasl_handler.profile.cb;', ''],
		['fast_sasl_handler.userdata = session.sasl_handler.userdata;', ''],
	],
	c2s: [
		[
			'fire_event("stream-features", { origin = session, features = features }',
			'fire_event("stream-features", { origin = session, features = features, stream = attr }',
		],
	],
};

/** What a binding does to offline messages, and tells of the archive, according to XEP-0386; Debian's module does neither. */
const bindingAsSpecified = `
module:depends("sasl2_bind2");
local dt = require "util.datetime";
local offline = module:open_store("offline", "archive");
local archive = module:open_store("archive", "archive");

module:hook("enable-bind-features", function (event)
	local user = event.session.username;
	offline:delete(user);
	event.result:tag("metadata", { xmlns = "urn:xmpp:mam:2" });
	for _, which in ipairs({ "start", "end" }) do
		local found = archive:find(user, { limit = 1, reverse = which == "end" });
		if found then
			for id, _, when in found do
				event.result:tag(which, { id = id, timestamp = dt.datetime(when) }):up();
			end
		end
	end
	event.result:up();
end);
`;

/** Modules to load for SASL2, Bind 2 and FAST. Not inline resumption: mod_smacks of 0.12 has nothing to offer for it. */
export const sasl2Modules = ['sasl2', 'sasl2_bind2', 'sasl2_fast', 'bind2_as_specified'] as const;

/** The modules as files for a plugin folder: text by name. Throws where Debian's are not those that are known. */
export function sasl2ModuleFiles(): ReadonlyMap<string, string> {
	return new Map([
		['mod_bind2_as_specified.lua', bindingAsSpecified] as const,
		...Object.entries(changes).map(([name, replacements]) => {
			const file = name === 'c2s' ? 'mod_c2s.lua' : path.join(`mod_${name}`, `mod_${name}.lua`);
			const text = replacements.reduce(
				(before, replacement) => replaced(before, file, ...replacement),
				readFileSync(path.join(systemModules, file), 'utf8'),
			);
			return [`mod_${name}.lua`, text] as const;
		}),
	]);
}

function replaced(text: string, file: string, found: string, instead: string): string {
	if (!text.includes(found)) {
		throw new Error(`${file} is not the one of Prosody 0.12 and its modules in Debian 12: "${found}" is not in it`);
	}

	return text.replaceAll(found, instead);
}
