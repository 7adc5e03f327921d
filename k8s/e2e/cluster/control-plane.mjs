import { run } from '../../../stack/run.mjs';
import { until } from '../../../stack/wait.mjs';
import { API_PORT, at, end, SERVICE_RANGE, start } from './places.mjs';

const ETCD = 'http://127.0.0.1:12379';
const ETCD_PEER = 'http://127.0.0.1:12380';
const NAMES = ['kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd'];

/** etcd, the API server, the controllers and the scheduler; resolves when the default service account is there. */
export async function startControlPlane() {
  await start('etcd', etcdArguments(), { answers: async () => (await fetch(`${ETCD}/health`)).ok });
  await start('kube-apiserver', serverArguments(), { answers: () => succeeds('get', '--raw=/readyz') });
  await start('kube-controller-manager', controllerArguments());
  await start('kube-scheduler', agentArguments('kube-scheduler', API_PORT + 2));
  const hasAccount = () => succeeds('-n', 'default', 'get', 'serviceaccount', 'default');
  if (!(await until(hasAccount, { deadlineMs: 60_000, everyMs: 300 }))) throw new Error('the controllers do not work');
}

export async function stopControlPlane() {
  for (const name of NAMES) await end(name);
}

async function succeeds(...args) {
  return (await run('kubectl', args, { timeoutMs: 10_000 })).code === 0;
}

function etcdArguments() {
  return [
    ...['--data-dir', at('etcd/data'), '--log-level', 'warn', '--unsafe-no-fsync'],
    ...['--listen-client-urls', ETCD, '--advertise-client-urls', ETCD],
    ...['--listen-peer-urls', ETCD_PEER, '--initial-advertise-peer-urls', ETCD_PEER],
    ...['--initial-cluster', `default=${ETCD_PEER}`],
  ];
}

function serverArguments() {
  const pki = (name) => at('pki', name);
  return [
    ...[`--etcd-servers=${ETCD}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1'],
    ...[`--secure-port=${API_PORT}`, `--tls-cert-file=${pki('api.crt')}`, `--tls-private-key-file=${pki('api.key')}`],
    ...[`--client-ca-file=${pki('ca.crt')}`, `--token-auth-file=${pki('tokens.csv')}`],
    ...['--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction', '--allow-privileged=true'],
    // A loopback address is no endpoint for pods; ours never ask the API server.
    ...[`--service-cluster-ip-range=${SERVICE_RANGE}`, '--endpoint-reconciler-type=none'],
    '--service-account-issuer=https://kubernetes.default.svc',
    ...[`--service-account-key-file=${pki('sa.pub')}`, `--service-account-signing-key-file=${pki('sa.key')}`],
    ...[`--kubelet-client-certificate=${pki('api.crt')}`, `--kubelet-client-key=${pki('api.key')}`],
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

function controllerArguments() {
  return [
    ...agentArguments('kube-controller-manager', API_PORT + 1),
    ...['--use-service-account-credentials', `--service-account-private-key-file=${at('pki/sa.key')}`],
    `--root-ca-file=${at('pki/ca.crt')}`,
    // The default of 15 s only makes the scenarios longer.
    '--horizontal-pod-autoscaler-sync-period=5s',
    // A node that does not answer is left alone while it restarts.
    '--node-monitor-grace-period=60s',
  ];
}

function agentArguments(name, port) {
  const kubeconfig = at(`${name}.kubeconfig`);
  const flags = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
  return [
    ...flags.map((flag) => `--${flag}=${kubeconfig}`),
    ...['--leader-elect=false', '--bind-address=127.0.0.1', `--secure-port=${port}`],
  ];
}
