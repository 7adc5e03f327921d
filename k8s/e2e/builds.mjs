import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goBuild, goProgram, kubeCache, once } from '../check/go.mjs';

const VERSION = 'v1.36.3';
const SOURCE = fileURLToPath(new URL('kubernetes', import.meta.url));
const KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'kubelet', 'kube-proxy'];
const OTHERS = {
  etcd: 'go.etcd.io/etcd/server/v3@v3.6.16',
  containerd: 'github.com/containerd/containerd/v2/cmd/containerd@v2.4.2',
  'containerd-shim-runc-v2': 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2@v2.4.2',
  ctr: 'github.com/containerd/containerd/v2/cmd/ctr@v2.4.2',
  coredns: 'github.com/coredns/coredns@v1.15.0',
};

/**
 * The programs of a control plane and a node by name, built from source and cached. The first time takes about ten minutes on
 * two cores, nearly all of it the API server and what it shares with the others; later it takes no time.
 */
export async function programs(log) {
  const found = {};
  for (const name of [...KUBERNETES, ...Object.keys(OTHERS)]) found[name] = await timed(log, name, () => program(name));
  return found;
}

/** One of them. */
export function program(name) {
  return OTHERS[name] ? goProgram(name, OTHERS[name]) : ofKubernetes(name);
}

function ofKubernetes(name) {
  return once(kubeCache('bin', `${name}-${VERSION}`), async (folder) => {
    // `-mod=mod` may write to go.sum: never to ours.
    cpSync(SOURCE, folder, { recursive: true });
    await goBuild(`k8s.io/kubernetes/cmd/${name}`, { cwd: folder, file: join(folder, name), ldflags: versionFlags() });
    return join(folder, name);
  });
}

/** Without them the server calls itself v0.0.0-master, which clients take for very old. */
function versionFlags() {
  const of = 'k8s.io/component-base/version';
  const facts = { gitVersion: VERSION, gitMajor: '1', gitMinor: VERSION.split('.')[1], gitTreeState: 'clean' };
  const flags = Object.entries(facts).map(([name, value]) => `-X ${of}.${name}=${value}`);
  return ['-s', '-w', ...flags, `-X k8s.io/client-go/pkg/version.gitVersion=${VERSION}`].join(' ');
}

async function timed(log, name, build) {
  const begin = Date.now();
  const path = await build();
  const seconds = (Date.now() - begin) / 1000;
  if (seconds > 1) log(`built ${name} in ${seconds.toFixed(0)} s`);
  return path;
}
