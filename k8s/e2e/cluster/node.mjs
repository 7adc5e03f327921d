import { mkdirSync, readFileSync } from 'node:fs';
import { mustRun, onPath, run } from '../../../stack/run.mjs';
import { pauseImage } from './pause-image.mjs';
import { at, end, NODE, NODE_IP, POD_RANGE, SERVICE_RANGE, start, write } from './places.mjs';

const SOCKET = at('containerd/socket');
const PAUSE = 'millrace.e2e/pause:1';

/** A node that really runs pods: containerd with runc, kubelet, kube-proxy, and CoreDNS beside them. */
export async function startNode() {
  await makeLink();
  await startContainerd();
  if (!(await images()).includes(PAUSE)) await importImage(await pauseImage(PAUSE));
  await startKubelet();
  await start('kube-proxy', ['--config', write('proxy.yaml', proxyConfig())]);
  write('Corefile', corefile());
  await start('coredns', ['-conf', at('Corefile')], { answers: () => true });
}

/** As a machine that loses its power: no process of a pod is asked to end. */
export async function crashNode() {
  await end('kubelet');
  await killTasks();
  await end('containerd');
}

export async function bootNode() {
  await startContainerd();
  await startKubelet();
}

export async function stopNode() {
  for (const name of ['coredns', 'kube-proxy', 'kubelet']) await end(name);
  await killTasks();
  await end('containerd');
  await unmountAll();
}

/** Puts an image of an archive into the node's own store. */
export async function importImage(archive) {
  await ctr('images', 'import', archive);
}

async function images() {
  return ctr('images', 'ls', '-q');
}

function ctr(...args) {
  return mustRun('ctr', ['-a', SOCKET, '-n', 'k8s.io', ...args], { timeoutMs: 180_000 });
}

/** The node's address, on a pair of devices that lead nowhere, and the way to the addresses of services. */
async function makeLink() {
  const ip = (...args) => mustRun('ip', args);
  if ((await run('ip', ['link', 'show', 'node0'])).code === 0) return;
  await ip('link', 'add', 'node0', 'type', 'veth', 'peer', 'name', 'node1');
  await ip('addr', 'add', `${NODE_IP}/24`, 'dev', 'node0');
  for (const device of ['node0', 'node1']) await ip('link', 'set', device, 'up');
  await ip('route', 'replace', SERVICE_RANGE, 'dev', 'node0');
  await mustRun('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
}

async function startContainerd() {
  mkdirSync(at('containerd'), { recursive: true });
  mkdirSync(at('cni'), { recursive: true });
  write('cni/10-e2e.conflist', JSON.stringify(network()));
  const answers = async () => (await run('ctr', ['-a', SOCKET, 'version'], { timeoutMs: 5_000 })).code === 0;
  await start('containerd', ['--config', write('containerd.toml', containerdConfig())], { answers });
}

async function startKubelet() {
  const args = [
    ...[`--config=${write('kubelet.yaml', JSON.stringify(kubeletConfig()))}`, `--kubeconfig=${at('admin.kubeconfig')}`],
    ...[`--root-dir=${at('kubelet/root')}`, `--cert-dir=${at('kubelet/pki')}`],
    ...[`--hostname-override=${NODE}`, `--node-ip=${NODE_IP}`, '--node-labels=topology.kubernetes.io/zone=zone-1'],
  ];
  const ready = ['wait', '--for=condition=Ready', `node/${NODE}`, '--timeout=1s'];
  await start('kubelet', args, { answers: async () => (await run('kubectl', ready)).code === 0, deadlineMs: 120_000 });
}

function containerdConfig() {
  return `version = 3
root = "${at('containerd/root')}"
state = "${at('containerd/state')}"
[grpc]
  address = "${SOCKET}"
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "${PAUSE}"
[plugins.'io.containerd.cri.v1.runtime']
  # A container in which this may run has no CAP_SYS_RESOURCE.
  restrict_oom_score_adj = true
  # So that they can be found and unmounted.
  netns_mounts_under_state_dir = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["/usr/lib/cni", "/opt/cni/bin"]
    conf_dir = "${at('cni')}"
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      BinaryName = "${onPath('runc') ?? '/usr/sbin/runc'}"
      SystemdCgroup = false
`;
}

/** A bridge. It does not know NetworkPolicies: those are checked by their schema only. */
function network() {
  const ipam = {
    type: 'host-local',
    dataDir: at('cni/addresses'),
    ranges: [[{ subnet: POD_RANGE }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const bridge = { type: 'bridge', bridge: 'pods0', isGateway: true, ipMasq: false, hairpinMode: true, ipam };
  return { cniVersion: '1.0.0', name: 'e2e', plugins: [bridge] };
}

function kubeletConfig() {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '0.0.0.0',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: at('pki/ca.crt') },
    },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    resolvConf: '',
    clusterDNS: [NODE_IP],
    clusterDomain: 'cluster.local',
    podLogsDir: at('kubelet/logs'),
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    registerNode: true,
  };
}

function proxyConfig() {
  return JSON.stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig: at('admin.kubeconfig') },
    hostnameOverride: NODE,
    clusterCIDR: POD_RANGE,
    bindAddress: NODE_IP,
    // Their sysctls may not be set from a network namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  });
}

function corefile() {
  return `.:53 {
  bind ${NODE_IP}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${at('admin.kubeconfig')} e2e
    pods insecure
  }
  cache 5
}
`;
}

async function killTasks() {
  const { output } = await run('ctr', ['-a', SOCKET, '-n', 'k8s.io', 'tasks', 'ls', '-q'], { timeoutMs: 20_000 });
  for (const task of output
    .trim()
    .split('\n')
    .filter((id) => /^[0-9a-f]{64}$/.test(id))) {
    const tasks = ['-a', SOCKET, '-n', 'k8s.io', 'tasks'];
    await run('ctr', [...tasks, 'kill', '-s', 'KILL', task], { timeoutMs: 20_000 });
    await run('ctr', [...tasks, 'rm', '-f', task], { timeoutMs: 20_000 });
  }
}

async function unmountAll() {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${at()}/`)).reverse())
    await run('umount', ['-l', mount]);
}
