#!/usr/bin/env node
// CommonJS (see package.json beside this file): loading a first ES module takes Node 8 ms, a quarter of our start.
const {existsSync, readFileSync} = require('node:fs');
const path = require('node:path');
const process = require('node:process');
const {load} = require('./load.js');

// Everything this program writes is the person's own business.
process.umask(0o077);
// Before React is loaded: its development build is several times slower.
process.env.NODE_ENV ??= 'production';

const folder = path.join(__dirname, '..', 'dist');
const program = path.join(folder, 'cli.cjs');
if (existsSync(program)) {
	load(program, name => {
		const compiled = path.join(folder, `${name}.cache`);
		return existsSync(compiled) ? readFileSync(compiled) : undefined;
	});
} else {
	process.stderr.write('xmppc: the program is not built (run "npm run build" in its folder first)\n');
	process.exitCode = 70;
}
