import type { Settings } from './settings';

type Server = 'KAFKA' | 'REDIS' | 'CASSANDRA';

/** Of a connection, as Node's `tls.connect` takes it; texts are PEM. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** How to speak TLS with a server; `undefined` when nothing asks for it. Giving an authority or a certificate asks for it. */
export function tlsOf(given: Settings, server: Server): Tls | undefined {
  const prefix = `MILLRACE_${server}_SSL` as const;
  const parts = {
    ca: given[`${prefix}_CA`],
    cert: given[`${prefix}_CERT`],
    key: given[`${prefix}_KEY`],
    passphrase: given[`${prefix}_PASSPHRASE`],
    servername: given[`${prefix}_SERVERNAME`],
  };
  const isWanted = given[prefix] || parts.ca !== undefined || parts.cert !== undefined;
  if (!isWanted) return undefined;
  const present = Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== undefined));
  return { ...present, rejectUnauthorized: given[`${prefix}_REJECT_UNAUTHORIZED`] };
}

/** The settings of certificates, which make sense only together. */
export const CERTIFICATE_PAIRS = (['KAFKA', 'REDIS', 'CASSANDRA'] as const).map(
  (server) => [`MILLRACE_${server}_SSL_CERT`, `MILLRACE_${server}_SSL_KEY`] as const,
);
