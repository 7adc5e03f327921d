import { tlsRemedy } from '../../../src/core/tls-remedy';

const failure = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('what to do about a TLS handshake that failed', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'MILLRACE_X_SSL_CA_FILE'],
    ['CERT_HAS_EXPIRED', 'renew'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'MILLRACE_X_SSL_SERVERNAME'],
    ['EPROTO', 'speaks no TLS'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'MILLRACE_X_SSL_CERT_FILE'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'does not trust'],
  ])('is said for %s, also of a cause', (code, remedy) => {
    expect(tlsRemedy(failure(code), 'MILLRACE_X_SSL')).toContain(remedy);
    expect(tlsRemedy(new Error('outer', { cause: failure(code) }), 'MILLRACE_X_SSL')).toContain(remedy);
  });

  it('is not said of other errors', () => {
    for (const thrown of [failure('ECONNREFUSED'), new Error('plain'), 'text', undefined]) {
      expect(tlsRemedy(thrown, 'MILLRACE_X_SSL')).toBeUndefined();
    }
  });
});
