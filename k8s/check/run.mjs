#!/usr/bin/env node
import { checks } from './checks.mjs';
import { Unavailable } from './go.mjs';

/**
 * Every check of the manifests, the Dockerfile, the compose file and the alerts that needs no cluster. A check whose tool cannot be
 * had is skipped and says why. The last line is `N passed, N failed, N skipped`; exit code 1 when one has failed.
 */
async function main() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, check] of Object.entries(checks)) {
    const begin = Date.now();
    const { outcome, lines } = await tryCheck(check);
    counts[outcome] += 1;
    console.log(`${outcome.toUpperCase().padEnd(7)} ${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
    for (const line of lines) console.log(`        ${line}`);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) process.exitCode = 1;
}

async function tryCheck(check) {
  try {
    const problems = await check();
    return { outcome: problems.length > 0 ? 'failed' : 'passed', lines: problems };
  } catch (error) {
    if (error instanceof Unavailable) return { outcome: 'skipped', lines: [error.message] };
    return { outcome: 'failed', lines: error.message.split('\n') };
  }
}

await main();
