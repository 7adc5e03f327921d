const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
const WRONG_DATE = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const NO_TLS_THERE = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);
const WANTS_CERTIFICATE = new Set([
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
]);
const REFUSES_CERTIFICATE = new Set([
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN',
]);

/**
 * What an operator does about a TLS handshake that failed, by the codes of Node and OpenSSL; `undefined` for other errors.
 * `settings` begins the names of the settings, such as `MILLRACE_KAFKA_SSL`.
 */
export function tlsRemedy(thrown: unknown, settings: string): string | undefined {
  const code = codeOf(thrown);
  if (code === undefined) return undefined;
  if (UNKNOWN_AUTHORITY.has(code)) {
    return `name the file with the certificate of the authority that signed the server's in ${settings}_CA_FILE`;
  }
  if (WRONG_DATE.has(code)) return "renew the server's certificate, or correct this machine's clock";
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `use an address that the server's certificate names, or say the name that it has in ${settings}_SERVERNAME`;
  }
  if (NO_TLS_THERE.has(code))
    return `the server speaks no TLS at this port: take its TLS port, or leave ${settings} out`;
  if (WANTS_CERTIFICATE.has(code)) {
    return `the server wants a certificate of its clients: give ${settings}_CERT_FILE and ${settings}_KEY_FILE`;
  }
  if (REFUSES_CERTIFICATE.has(code)) {
    return `the server does not trust the certificate of ${settings}_CERT_FILE: have it signed by an authority that it knows`;
  }
  return undefined;
}

/** The code of an error, or of what it was caused by; of errors of Node itself, whatever realm they come from. */
function codeOf(thrown: unknown): string | undefined {
  let error = thrown;
  while (typeof error === 'object' && error !== null) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    error = 'cause' in error ? error.cause : undefined;
  }
  return undefined;
}
