#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { Steps } from '../e2e/steps.mjs';
import * as scenarios from './scenarios.mjs';
import { ComposeSystem } from './system.mjs';

/** In order: each leaves what the next one needs. */
const SCENARIOS = {
  'docker compose config': scenarios.configIsUnderstood,
  'one command, from nothing to healthy, in order': scenarios.fromNothingToHealthy,
  'the servers answer on this host': scenarios.hostIsAnswered,
  'readings become rows in Cassandra': scenarios.readingsBecomeRows,
  'Prometheus scrapes the service and knows its rules': scenarios.prometheusScrapes,
  'the service has no right that it does not need': scenarios.serviceIsConfined,
  'the service is killed and starts again by itself': scenarios.serviceIsKilled,
  'the service stops within its grace period': scenarios.serviceStops,
  'down and up again: what was kept goes on': scenarios.downAndUp,
  'down with volumes leaves nothing': scenarios.downLeavesNothing,
};

/** Runs in a network namespace beside a Docker daemon; `run.mjs` starts both. */
async function main() {
  const { compose } = parseArgs({ options: { compose: { type: 'string' } } }).values;
  const system = new ComposeSystem(JSON.parse(compose));
  const removeAll = () => system.compose('down', '--volumes', '--remove-orphans', '--timeout', '5');
  for (const signalName of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signalName, () => void cutOff(removeAll));
  // What a run before has left when it was cut off.
  await removeAll();
  const [steps, world] = [new Steps(), { system }];
  try {
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      const passed = await steps.take(name, () => scenario(world));
      // Nothing can be said of a system that never came up.
      if (!passed && world.isUp !== true) break;
    }
  } finally {
    await removeAll();
  }
  steps.tell();
}

/** No container outlives us. */
async function cutOff(removeAll) {
  console.log('FAIL the run was cut off');
  await removeAll();
  process.exit(1);
}

await main();
