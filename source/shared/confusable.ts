/**
 * Which names a person may take for another (after the skeletons of Unicode Technical Standard 39, with a small table of
 * our own: the letters of Cyrillic, Greek and Armenian that look Latin, and what passes for a digit).
 */

/** Pairs of a letter and what it is taken for, whatever the case. */
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

/** Pairs of a sign and the letter that has the same shape in one case. */
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
const plain = /^(?:[!-~]| (?=[!-~]))*$/;

const letterOf = replacing(lookalikes);
/** Shapes before letters. */
const shapeOfEach = replacing(new Map([...lookalikes, ...sameShape]));

/** Puts in the place of each character of the table what it looks like. */
function replacing(table: ReadonlyMap<string, string>): (text: string) => string {
	const known = new RegExp(`[${[...table.keys()].join('')}]`, 'gu');
	return text => text.replace(known, character => table.get(character) ?? character);
}

/**
 * What a name looks like, in two ways: with its case and shapes, and without its case. Two different names may be taken
 * for each other where one of these is the same.
 */
export function confusableKeys(name: string): readonly [shape: string, letters: string] {
	if (plain.test(name)) {
		return [`s${shapeOf(name)}`, `l${name.toLowerCase()}`];
	}

	const seen = name.normalize('NFKC').replace(unseen, '').replace(blanks, ' ').trim();
	const letters = letterOf(seen).toLowerCase();
	return [`s${shapeOf(seen)}`, `l${letterOf(letters)}`];
}

const hasPairs = /rn|vv/u;

/** Letters that look like one, too. */
function shapeOf(name: string): string {
	const shape = shapeOfEach(name);
	return hasPairs.test(shape) ? shape.replaceAll('rn', 'm').replaceAll('vv', 'w') : shape;
}

/** Whether somebody may take one name for the other. A name is not confusable with itself. */
export function areConfusable(one: string, other: string): boolean {
	const [shape, letters] = confusableKeys(one);
	const [otherShape, otherLetters] = confusableKeys(other);
	return one !== other && (shape === otherShape || letters === otherLetters);
}
