import { randomBytes } from 'node:crypto';
import { mustRun } from '../../../stack/run.mjs';
import { API_PORT, at, write } from './places.mjs';

const NAMES = 'IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc';
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Who may talk to the API server, by token. */
const USERS = {
  admin: 'system:masters',
  'system:kube-controller-manager': '',
  'system:kube-scheduler': '',
};

/** Certificates, keys and tokens of one run. They are good for nothing but this cluster and are removed with it. */
export async function makeCredentials() {
  const openssl = (...args) => mustRun('openssl', args, { cwd: at('pki') });
  await openssl('req', '-x509', ...KEY, '-days', '2', '-subj', '/CN=ca', '-keyout', 'ca.key', '-out', 'ca.crt');
  await openssl('req', ...KEY, '-subj', '/CN=kube-apiserver', '-keyout', 'api.key', '-out', 'api.csr');
  write('pki/names', `subjectAltName=${NAMES}\n`);
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  await openssl('x509', '-req', '-in', 'api.csr', ...signed, '-extfile', 'names', '-out', 'api.crt');
  await openssl('genrsa', '-out', 'sa.key', '2048');
  await openssl('rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub');
  const lines = Object.entries(USERS).map(([user, group]) => {
    const token = randomBytes(16).toString('hex');
    write(`${user.split(':').at(-1)}.kubeconfig`, kubeconfig(token));
    return [token, user, user, ...(group ? [group] : [])].join(',');
  });
  write('pki/tokens.csv', `${lines.join('\n')}\n`);
}

function kubeconfig(token) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'e2e',
        cluster: { server: `https://127.0.0.1:${API_PORT}`, 'certificate-authority': at('pki/ca.crt') },
      },
    ],
    users: [{ name: 'me', user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'me' } }],
    'current-context': 'e2e',
  });
}
