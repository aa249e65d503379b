#!/usr/bin/env node
// CommonJS (see package.json beside this file): loading a first ES module takes Node 8 ms, a quarter of our start.
const {existsSync} = require('node:fs');
const path = require('node:path');
const process = require('node:process');

// Everything this program writes is the person's own business.
process.umask(0o077);
// Before React is loaded: its development build is several times slower.
process.env.NODE_ENV ??= 'production';

const program = path.join(__dirname, '..', 'dist', 'cli.cjs');
if (existsSync(program)) {
	require(program);
} else {
	process.stderr.write('xmppc: the program is not built (run "npm run build" in its folder first)\n');
	process.exitCode = 70;
}
