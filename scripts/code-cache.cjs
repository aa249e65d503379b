/**
 * Keeps what V8 makes of `dist/cli.cjs`: `dist/<hash of it>.cache` (see `bin/load.js`). A short run of the program comes
 * before, with the arguments given, because V8 keeps only the functions that were used. Part of the build.
 */
const {writeFileSync} = require('node:fs');
const path = require('node:path');
const process = require('node:process');
const {load} = require('../bin/load.js');
const {playServer} = require('./played-server.cjs');

const folder = path.join(__dirname, '..', 'dist');
playServer();
let name = '';
const script = load(path.join(folder, 'cli.cjs'), found => {
	name = found;
	return undefined;
});
process.once('exit', () => {
	writeFileSync(path.join(folder, `${name}.cache`), script.createCachedData());
});
