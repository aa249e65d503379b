/** ejabberd's own files, written directly. Formats as of ejabberd 23.01 and Erlang 25. */

/** What it takes to talk to other servers. */
export type Federation = {
	/** Where this server listens for others. */
	readonly port: number;
	/** UDP port on loopback of the DNS server that knows where the others are. */
	readonly dnsPort: number;
};

export type EjabberdConfiguration = {
	readonly domain: string;
	readonly roomDomain: string;
	readonly address: string;
	readonly port: number;
	readonly tlsPort: number;
	readonly httpPort: number;
	readonly certificateFile: string;
	readonly caFile: string;
	readonly database: string;
	readonly federation?: Federation;
	/** XMPP over WebSocket over TLS, at `/xmpp-websocket` on this port. */
	readonly webSocketPort?: number;
	/** It takes files (XEP-0363) over HTTPS at this port, and keeps them there. */
	readonly uploads?: {readonly port: number; readonly directory: string};
	/** More modules, or other options for those that are loaded anyway; `undefined` leaves one out. */
	readonly modules?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
	/** Options of the top level. */
	readonly settings?: Readonly<Record<string, unknown>>;
};

/** `ejabberd.yml`, written as JSON, which is YAML. No shaper, no bans, an archive for everybody. */
export function ejabberdConfiguration(configuration: EjabberdConfiguration): string {
	const {address, federation, uploads, webSocketPort} = configuration;
	const client = {ip: address, module: 'ejabberd_c2s', max_stanza_size: 262_144, shaper: 'none'};
	const listen = [
		{...client, port: configuration.port, starttls_required: true},
		{...client, port: configuration.tlsPort, tls: true},
		{
			ip: address,
			port: configuration.httpPort,
			module: 'ejabberd_http',
			request_handlers: {'/api': 'mod_http_api', '/captcha': 'ejabberd_captcha'},
		},
		...(webSocketPort === undefined
			? []
			: [
					{
						ip: address,
						port: webSocketPort,
						module: 'ejabberd_http',
						tls: true,
						request_handlers: {'/xmpp-websocket': 'ejabberd_http_ws'},
					},
				]),
		...(uploads === undefined
			? []
			: [
					{
						ip: address,
						port: uploads.port,
						module: 'ejabberd_http',
						tls: true,
						request_handlers: {'/upload': 'mod_http_upload'},
					},
				]),
		...(federation === undefined
			? []
			: [{ip: address, port: federation.port, module: 'ejabberd_s2s_in', shaper: 'none'}]),
	];
	return JSON.stringify({
		loglevel: 'info',
		log_rotate_count: 0,
		hosts: [configuration.domain],
		certfiles: [configuration.certificateFile],
		ca_file: configuration.caFile,
		listen,
		// Without mod_s2s_dialback, certificates have to prove the domains (RFC 6120 §13.7.2).
		...(federation === undefined ? {s2s_access: 'none'} : {s2s_use_starttls: 'required'}),
		auth_password_format: 'scram',
		disable_sasl_mechanisms: ['digest-md5', 'x-oauth2'],
		// What Erlang's own database has been given last is lost with `kill -9`.
		default_db: 'sql',
		sql_type: 'sqlite',
		sql_database: configuration.database,
		api_permissions: {loopback: {who: [{ip: '127.0.0.0/8'}], what: '*'}},
		...configuration.settings,
		modules: {
			mod_admin_extra: {},
			mod_blocking: {},
			mod_caps: {},
			mod_carboncopy: {},
			mod_client_state: {},
			mod_disco: {},
			mod_http_api: {},
			mod_last: {},
			mod_mam: {assume_mam_usage: true, default: 'always'},
			mod_muc: {host: configuration.roomDomain, default_room_options: {mam: true}},
			mod_offline: {},
			mod_ping: {},
			mod_privacy: {},
			mod_private: {},
			mod_pubsub: {plugins: ['flat', 'pep']},
			mod_roster: {versioning: true},
			mod_stream_mgmt: {resend_on_timeout: 'if_offline', resume_timeout: 60},
			mod_time: {},
			mod_vcard: {search: false},
			mod_vcard_xupdate: {},
			mod_version: {},
			...(uploads === undefined
				? {}
				: {
						mod_http_upload: {
							host: `upload.${configuration.domain}`,
							put_url: `https://${address}:${uploads.port}/upload`,
							docroot: uploads.directory,
							max_size: 100_000_000,
							access: 'all',
						},
					}),
			...configuration.modules,
		},
	});
}

/** Where Erlang finds names: in this file, and at a DNS server where there is one; never at the system's. */
export function inetrc(dnsPort?: number): string {
	return [
		`{lookup,[file${dnsPort === undefined ? '' : ',dns'}]}.`,
		// Erlang reads it again and again, and what it says takes the place of the server below.
		'{resolv_conf,""}.',
		'{host,{127,0,0,1},["localhost"]}.',
		...(dnsPort === undefined ? [] : [`{nameserver,{127,0,0,1},${dnsPort}}.`]),
		'',
	].join('\n');
}
