#!/usr/bin/env node
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import process from 'node:process';

// Everything this program writes is the person's own business.
process.umask(0o077);
// Before React is loaded: its development build is several times slower.
process.env.NODE_ENV ??= 'production';

if (existsSync(new URL('../dist/cli.cjs', import.meta.url))) {
	createRequire(import.meta.url)('../dist/cli.cjs');
} else {
	process.stderr.write('xmppc: the program is not built (run "npm run build" in its folder first)\n');
	process.exitCode = 70;
}
