/**
 * Which names a person may take for another (after the skeletons of Unicode Technical Standard 39, with a small table of
 * our own: the letters of Cyrillic, Greek and Armenian that look Latin, and what passes for a digit).
 */

/** Letters that look like another one, whatever their case. The letters of a pair stand for themselves. */
const lookalikes: ReadonlyMap<string, string> = new Map(
	pairs(
		// Cyrillic
		'аaеeоoрpсcуyхxѕsіiјjԁdһhԛqԝwкkгrпnёëїï',
		'АAВBЕEКKМMНHОOРPСCТTУYХXЅSЈJԚQԜWІIЗ3ӠƷЁËЇÏ',
		// Greek
		'αaοoνvρpιiκkυuχxγyηnϲcϳj',
		'ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹC',
		// Armenian, and Latin letters that are none of the alphabet's
		'օoսuոnհhցgզqԼLՍUՕO',
		'ıiɩiɑaɡgʏyʀrɪiꞵβꜱsɴnʜhʟlᴀaᴄcᴅdᴇeᴊjᴋkᴍmᴏoᴘpᴛtᴜuᴠvᴡwᴢz',
	),
);

/** Signs that pass for a letter of one case only. */
const sameShape: ReadonlyMap<string, string> = new Map(pairs('Il1l|lǀlΙlІlӀl0OoOоOОOοOΟOօO'));

function* pairs(...rows: readonly string[]): Iterable<readonly [string, string]> {
	for (const row of rows) {
		const letters = [...row];
		for (let index = 0; index + 1 < letters.length; index += 2) {
			yield [letters[index] ?? '', letters[index + 1] ?? ''];
		}
	}
}

/** What nobody sees: controls, format characters such as those of direction, fillers, variation selectors. */
const unseen = /[\p{Cc}\p{Cf}\p{DI}\u2800]/gu;
const blanks = /\s+/gu;
const plain = /^[!-~]*$/u;

/**
 * What a name looks like, in two ways: with its case and shapes, and without its case. Two different names may be taken
 * for each other where one of these is the same.
 */
export function confusableKeys(name: string): readonly [shape: string, letters: string] {
	if (plain.test(name)) {
		return [`s${shapeOf(name)}`, `l${name.toLowerCase()}`];
	}

	const seen = name.normalize('NFKC').replace(unseen, '').replace(blanks, ' ').trim();
	const letters = map(seen, lookalikes);
	return [
		`s${shapeOf(map(seen, sameShape, lookalikes))}`,
		`l${map(letters.toLowerCase(), lookalikes).normalize('NFC')}`,
	];
}

/** Letters that look like one, too. */
function shapeOf(name: string): string {
	return map(name, sameShape).replaceAll('rn', 'm').replaceAll('vv', 'w');
}

function map(text: string, ...tables: ReadonlyArray<ReadonlyMap<string, string>>): string {
	let mapped = '';
	for (const character of text) {
		mapped += tables.map(table => table.get(character)).find(found => found !== undefined) ?? character;
	}

	return mapped;
}

/** Whether somebody may take one name for the other. A name is not confusable with itself. */
export function areConfusable(one: string, other: string): boolean {
	const [shape, letters] = confusableKeys(one);
	const [otherShape, otherLetters] = confusableKeys(other);
	return one !== other && (shape === otherShape || letters === otherLetters);
}
