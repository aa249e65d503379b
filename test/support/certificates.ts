import {execFile} from 'node:child_process';
import {randomBytes, X509Certificate} from 'node:crypto';
import {rmSync} from 'node:fs';
import {mkdir, mkdtemp, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

/** A key with its certificate: where the files lie, and their PEM text. */
export type Certificate = {
	readonly keyFile: string;
	readonly certificateFile: string;
	readonly key: string;
	readonly certificate: string;
	/** SHA-256 of the DER form, lowercase hex: what `tls.pin` wants. */
	readonly fingerprint: string;
};

/** A certificate authority that lives for one test run. */
export type Authority = Certificate & {readonly directory: string};

export type CertificateRequest = {
	/** DNS names or IP addresses; the first one is also the common name. */
	readonly names: readonly string[];
	/** Days until it expires; a negative number makes one that already has. */
	readonly days?: number;
	/** Signed by its own key instead of the authority's. */
	readonly selfSigned?: boolean;
};

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a certificate authority in `directory` (created where it is missing): `ca.key` and `ca.pem`. */
export async function createAuthority(directory: string): Promise<Authority> {
	await mkdir(directory, {recursive: true});
	const keyFile = path.join(directory, 'ca.key');
	const certificateFile = path.join(directory, 'ca.pem');
	await run('openssl', [
		...['req', '-x509', ...newKey, '-days', '30', '-subj', '/CN=xmppc test authority'],
		...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
		...['-keyout', keyFile, '-out', certificateFile],
	]);
	return {directory, ...(await readCertificate(keyFile, certificateFile))};
}

/**
 * Makes a key and a certificate for `names` beside the authority's own files. Good for servers and, as federation
 * wants it, for clients.
 */
export async function issueCertificate(authority: Authority, request: CertificateRequest): Promise<Certificate> {
	const directory = await mkdtemp(path.join(authority.directory, 'leaf-'));
	const keyFile = path.join(directory, 'leaf.key');
	const requestFile = path.join(directory, 'leaf.csr');
	const certificateFile = path.join(directory, 'leaf.pem');
	const alternativeNames = request.names.map(name => (/^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`));
	await run('openssl', [
		...['req', ...newKey, '-subj', `/CN=${request.names[0]}`, '-keyout', keyFile, '-out', requestFile],
		...['-addext', `subjectAltName=${alternativeNames.join(',')}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
		...['-addext', 'extendedKeyUsage=serverAuth,clientAuth'],
	]);
	const signer = request.selfSigned
		? ['-signkey', keyFile]
		: [
				'-CA',
				authority.certificateFile,
				'-CAkey',
				authority.keyFile,
				'-set_serial',
				`0x${randomBytes(8).toString('hex')}`,
			];
	await run('openssl', [
		// A negative number of days is taken by `openssl x509`, but not by `openssl req`.
		...['x509', '-req', '-days', String(request.days ?? 30), '-copy_extensions', 'copy'],
		...[...signer, '-in', requestFile, '-out', certificateFile],
	]);
	return readCertificate(keyFile, certificateFile);
}

/** The certificates that the tests of one process share. */
export type TestCertificates = {
	readonly authority: Authority;
	/** For localhost, 127.0.0.1 and `example.test` with everything below it. */
	readonly good: Certificate;
	readonly expired: Certificate;
	/** For `elsewhere.test`. */
	readonly wrongName: Certificate;
	/** For the same names as `good`, signed by nobody. */
	readonly selfSigned: Certificate;
};

let shared: Promise<TestCertificates> | undefined;

/** Made once a process, in a temporary directory that goes away with it. */
export function testCertificates(): Promise<TestCertificates> {
	shared ??= makeTestCertificates();
	return shared;
}

async function makeTestCertificates(): Promise<TestCertificates> {
	const directory = await mkdtemp(path.join(tmpdir(), 'xmppc-certificates-'));
	process.once('exit', () => rmSync(directory, {recursive: true, force: true}));
	const authority = await createAuthority(directory);
	const names = ['localhost', '127.0.0.1', 'example.test', '*.example.test'];
	const [good, expired, wrongName, selfSigned] = await Promise.all([
		issueCertificate(authority, {names}),
		issueCertificate(authority, {names, days: -1}),
		issueCertificate(authority, {names: ['elsewhere.test']}),
		issueCertificate(authority, {names, selfSigned: true}),
	]);
	return {authority, good, expired, wrongName, selfSigned};
}

async function readCertificate(keyFile: string, certificateFile: string): Promise<Certificate> {
	const [key, certificate] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certificateFile, 'utf8')]);
	const fingerprint = new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
	return {keyFile, certificateFile, key, certificate, fingerprint};
}
