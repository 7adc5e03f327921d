// Writes the bill of materials of what runs in production, as CycloneDX, to the file that is named. The same lock file gives the same
// bytes: npm's own time and random number are left out.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (!file) throw new Error('usage: write-sbom.mjs FILE');

const args = ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx'];
const sbom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 }));
delete sbom.serialNumber;
delete sbom.metadata.timestamp;
// npm names the package by its folder.
sbom.metadata.component.name = 'millrace';
writeFileSync(file, `${JSON.stringify(sbom, null, 1)}\n`);
