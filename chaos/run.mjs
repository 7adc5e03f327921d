// `npm run chaos`: see docs/reliability.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMutants } from './lib/mutants.mjs';
import { isClean, reportOf } from './lib/report.mjs';
import { runChaos } from './lib/run-chaos.mjs';
import { ChaosServers } from './lib/servers.mjs';
import { settingsOf } from './lib/settings.mjs';

const log = (line) => console.error(line);

async function main() {
  const settings = settingsOf(process.argv.slice(2), process.env);
  process.env.MILLRACE_TEST_PORT_OFFSET = settings.portOffset;
  mkdirSync(settings.folder, { recursive: true });
  const servers = await ChaosServers.acquire(log);
  try {
    return settings.mutants ? await runMutants(servers, settings, log) : await one(servers, settings);
  } finally {
    await servers.release();
  }
}

async function one(servers, settings) {
  const result = await runChaos(servers, settings, log);
  const file = join(settings.folder, `report-${settings.seed}.json`);
  writeFileSync(file, JSON.stringify(result, null, 2));
  console.log(reportOf(result, settings));
  return isClean(result);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
main().then(
  (passed) => process.exit(passed ? 0 : 1),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
