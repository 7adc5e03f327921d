import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../stack/profiles.mjs';
import { onPath, run } from '../../stack/run.mjs';

const BUILD_MS = 1_800_000;

/** What a check cannot be done without and cannot be had here: the check is skipped, and says why. */
export class Unavailable extends Error {}

/** Outside the checkout, so that a fresh clone finds what another one has built. */
export function kubeCache(...path) {
  return join(cacheFolder(), 'kube', ...path);
}

/**
 * The path of a program in Go, such as `package@version`, built once. Throws Unavailable without Go or its module proxy.
 * `go install` refuses modules with `replace` or `exclude` lines: those are built from a module of ours that repeats them.
 */
export function goProgram(name, packageAtVersion) {
  return once(goProgramPath(name, packageAtVersion), async (folder) => {
    const args = ['install', '-trimpath', '-ldflags', '-s -w', packageAtVersion];
    const { code, output } = await tryGo(args, { env: { GOBIN: folder, CGO_ENABLED: '0' } });
    if (code === 0) return join(folder, basename(packageAtVersion.split('@')[0].replace(/\/v\d+$/, '')));
    if (!/(replace|exclude) directives/.test(output)) throw new Unavailable(`${name}: ${lastLine(output)}`);
    return throughOwnModule(name, packageAtVersion, folder);
  });
}

/** Where it is once it has been built. */
export function goProgramPath(name, packageAtVersion) {
  return kubeCache('bin', `${name}-${packageAtVersion.split('@')[1]}`);
}

/** The folder of a Go module's sources. */
export async function goModule(module) {
  const { Dir: folder } = JSON.parse(await go(['mod', 'download', '-json', module]));
  return folder;
}

/** Builds a package of the module in `cwd` into `file`. */
export function goBuild(packagePath, { cwd, file, ldflags = '-s -w' }) {
  return go(['build', '-trimpath', '-ldflags', ldflags, '-o', file, packagePath], {
    cwd,
    env: { CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
  });
}

/** Makes a file in a folder beside it and renames: it is complete or absent. */
export async function once(file, make) {
  if (existsSync(file)) return file;
  const parent = join(file, '..');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `.${basename(file)}-`));
  try {
    renameSync(await make(folder), file);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughOwnModule(name, packageAtVersion, folder) {
  const [packagePath, version] = packageAtVersion.split('@');
  const upstream = await moduleOf(packagePath, version);
  const lines = readFileSync(upstream.GoMod, 'utf8')
    .split('\n')
    .filter((line) => /^(go|godebug) /.test(line));
  const { Replace, Exclude } = JSON.parse(await go(['mod', 'edit', '-json', upstream.GoMod]));
  const text = ({ Path: path, Version: number }) => [path, number].filter(Boolean).join(' ');
  const repeated = [
    ...(Replace ?? [])
      .filter(({ New }) => !New.Path.startsWith('.'))
      .map(({ Old, New }) => `replace ${text(Old)} => ${text(New)}`),
    ...(Exclude ?? []).map((excluded) => `exclude ${text(excluded)}`),
  ];
  const needed = `require ${upstream.Path} ${version}`;
  writeFileSync(join(folder, 'go.mod'), ['module build.local', ...lines, needed, ...repeated, ''].join('\n'));
  writeFileSync(join(folder, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport _ "${packagePath}"\n`);
  await go(['mod', 'tidy'], { cwd: folder });
  await goBuild(packagePath, { cwd: folder, file: join(folder, name) });
  return join(folder, name);
}

/** The module that a package is in: the longest part of its path that is one. */
async function moduleOf(packagePath, version) {
  for (let path = packagePath; path.includes('/'); path = path.replace(/\/[^/]+$/, '')) {
    const { code, output } = await tryGo(['mod', 'download', '-json', `${path}@${version}`]);
    if (code === 0) return JSON.parse(output);
  }
  throw new Unavailable(`no module holds ${packagePath}@${version}`);
}

async function go(args, options) {
  const { code, output } = await tryGo(args, options);
  if (code !== 0) throw new Unavailable(`go ${args.join(' ')}: ${lastLine(output)}`);
  return output;
}

function tryGo(args, { cwd, env = {} } = {}) {
  if (!onPath('go')) throw new Unavailable('Go is not on PATH; it builds the tools');
  const settings = Object.entries({ GOFLAGS: '', GOWORK: 'off', ...env }).map(([name, value]) => `${name}=${value}`);
  return run('env', [...settings, 'nice', '-n', '10', 'go', ...args], { timeoutMs: BUILD_MS, cwd });
}

function lastLine(output) {
  return output.trim().split('\n').at(-1);
}
