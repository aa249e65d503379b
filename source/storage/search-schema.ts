/**
 * The full-text index over messages. It holds no text of its own (`content=''`), only which words are where, cut as
 * `shared/search-text.ts` does; `secure-delete` takes words out of it for good.
 *
 * Messages are indexed later than they are recorded: new ones are noted in `search_pending`, and of what was there before
 * the index, everything below `search_state.below` is still to be read, from the newest back.
 */
export const searchSchema = `
	CREATE VIRTUAL TABLE search USING fts5(
		words, content = '', columnsize = 0, detail = full, tokenize = 'ascii', prefix = '2 3'
	);
	INSERT INTO search (search, rank) VALUES ('secure-delete', 1), ('automerge', 8), ('crisismerge', 64);
	CREATE TABLE search_marks (
		id INTEGER PRIMARY KEY,
		kind TEXT NOT NULL,
		value TEXT NOT NULL,
		UNIQUE (kind, value)
	) STRICT;
	CREATE TABLE search_pending (key INTEGER PRIMARY KEY) STRICT;
	CREATE TABLE search_state (below INTEGER NOT NULL) STRICT;
	INSERT INTO search_state SELECT coalesce(max(key) + 1, 0) FROM messages;
	CREATE TRIGGER messages_search_pending AFTER INSERT ON messages
		WHEN new.key >= (SELECT below FROM search_state)
		BEGIN INSERT INTO search_pending (key) VALUES (new.key); END;
`;
