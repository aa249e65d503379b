/**
 * Stands in for `node-gyp-build` in the bundle of the command line: finds the native part of the SQLite package. Where
 * the package lies beside us with a prebuilt addon for this very platform, that one is loaded as it is, without the
 * looking around in folders that would choose it after 3 ms. In every other case the package's own loader decides.
 */
const {existsSync} = require('node:fs');
const {createRequire} = require('node:module');
const path = require('node:path');
const process = require('node:process');

const name = '@photostructure/sqlite';

/** The package in the `node_modules` of ours, or in the one that holds us. */
function packageFolder() {
	const ours = path.join(__dirname, '..');
	return [path.join(ours, 'node_modules', name), path.join(ours, '..', name)].find(folder => existsSync(folder));
}

/** Its addon for glibc, macOS or Windows, unless one was compiled here. @param {string} folder */
function prebuilt(folder) {
	const addon = path.join(
		folder,
		'prebuilds',
		`${process.platform}-${process.arch}`,
		'@photostructure+sqlite.glibc.node',
	);
	const isOther = existsSync(path.join(folder, 'build')) || existsSync('/etc/alpine-release');
	return isOther || !existsSync(addon) ? undefined : addon;
}

module.exports = function loadAddon() {
	const folder = packageFolder();
	const addon = folder === undefined ? undefined : prebuilt(folder);
	if (addon !== undefined) {
		return createRequire(__filename)(addon);
	}

	const manifest = createRequire(__filename).resolve(`${name}/package.json`);
	return createRequire(manifest)('node-gyp-build')(path.dirname(manifest));
};
