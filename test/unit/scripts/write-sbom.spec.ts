import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const SCRIPT_MS = 60_000;

interface Sbom {
  readonly components: readonly { readonly name: string; readonly version: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
}

describe('the bill of materials', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-sbom-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  function write(name: string): string {
    const file = join(folder, name);
    execFileSync(process.execPath, [join('scripts', 'write-sbom.mjs'), file], { cwd: ROOT, stdio: 'pipe' });
    return readFileSync(file, 'utf8');
  }

  it(
    'lists each package that the lock file has for production, and no other; the same lock file gives the same bytes',
    () => {
      const text = write('first.json');
      const sbom = JSON.parse(text) as Sbom;
      const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
      const wanted = Object.entries(packages)
        .filter(([path, { dev }]) => path !== '' && dev !== true)
        .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`);
      const listed = sbom.components.map(({ name, version }) => `${name}@${version}`);
      expect([...new Set(listed)].sort()).toEqual([...new Set(wanted)].sort());
      // A package that development needs too.
      expect(listed).toContainEqual(expect.stringMatching(/^@nestjs\/common@/));
      const refs = new Set(sbom.dependencies.map(({ ref }) => ref));
      expect(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
      expect(write('second.json')).toBe(text);
    },
    SCRIPT_MS,
  );
});
