/** Whose messages the server's archive of an account gets (XEP-0441): everybody's, those of the contacts, nobody's. */
export const archivePolicies = ['always', 'roster', 'never'] as const;

export type ArchivePolicy = (typeof archivePolicies)[number];
