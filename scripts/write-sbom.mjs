// Writes the bill of materials of what runs in production, as CycloneDX, to the file that is named. The same lock file gives the same
// bytes: npm's own time and random number are left out. It throws when it would not be what the lock file has for production.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (!file) throw new Error('usage: write-sbom.mjs FILE');

// `--omit=dev` of npm 11 leaves out packages, too, that production and development both need.
const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
const sbom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 }));
const root = sbom.metadata.component['bom-ref'];
const isForDevelopment = ({ properties = [] }) =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
sbom.components = sbom.components.filter((component) => !isForDevelopment(component));
const kept = new Set([root, ...sbom.components.map((component) => component['bom-ref'])]);
sbom.dependencies = sbom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const wanted = Object.entries(packages)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`);
const missing = wanted.filter((name) => !kept.has(name));
const surplus = [...kept].filter((name) => name !== root && !wanted.includes(name));
if (missing.length + surplus.length > 0)
  throw new Error(`npm sbom and package-lock.json differ: ${[...missing, ...surplus].join(', ')}`);

delete sbom.serialNumber;
delete sbom.metadata.timestamp;
// npm names the package by its folder.
sbom.metadata.component.name = 'millrace';
writeFileSync(file, `${JSON.stringify(sbom, null, 1)}\n`);
