const {readFileSync} = require('node:fs');
const {createRequire} = require('node:module');
const path = require('node:path');
const {pathToFileURL} = require('node:url');
const vm = require('node:vm');

/**
 * Runs the command line's bundle. The file begins with a hash of itself, which names what V8 once made of it: with that
 * the program starts 14 ms earlier. V8 refuses what another version of it made, and compiles the text.
 * @param {string} file the bundle
 * @param {(name: string) => Buffer | undefined} compiled finds what V8 made of it
 * @returns {vm.Script} for whoever wants to keep what V8 makes of it now
 */
exports.load = (file, compiled) => {
	// The build sees to it that there is nothing but ASCII: one byte a character is the quickest to read.
	const text = readFileSync(file, 'latin1');
	const names = 'exports, require, module, __filename, __dirname, importBeside';
	const script = new vm.Script(`(function (${names}) {${text}\n})`, {
		filename: file,
		cachedData: compiled(text.slice(2, 18)),
	});
	const importBeside = specifier => import(new URL(specifier, pathToFileURL(file)).href);
	const loaded = {exports: {}};
	script.runInThisContext()(loaded.exports, createRequire(file), loaded, file, path.dirname(file), importBeside);
	return script;
};
