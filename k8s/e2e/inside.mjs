#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { mustRun } from '../../stack/run.mjs';
import { startControlPlane, stopControlPlane } from './cluster/control-plane.mjs';
import { makeCredentials } from './cluster/credentials.mjs';
import { importImage, startNode, stopNode } from './cluster/node.mjs';
import { prepareFolder, usePrograms } from './cluster/places.mjs';
import * as deploying from './scenarios/deploy.mjs';
import * as disturbing from './scenarios/disturb.mjs';

/** In order: each leaves what the next one needs. */
const SCENARIOS = {
  'one command on an empty cluster, to rows in Cassandra': deploying.fromNothingToRows,
  'the same command again; the migration Job finds its work done': deploying.applyAgain,
  'Pod Security restricted holds': deploying.restrictedHolds,
  'the API server accepts the production overlay': deploying.productionIsAccepted,
  'a roll-out to a single pipeline': deploying.onePipeline,
  'rolling update of all roles under load': disturbing.rollingUpdate,
  'kubectl delete pod --force of a processor': disturbing.forcedDelete,
  'processors from 1 to 3 to 1': disturbing.scaleOutAndIn,
  'drain against the disruption budget': disturbing.drain,
  'a wrong pipeline in the ConfigMap': disturbing.badPipeline,
  'a processor is killed for its memory': disturbing.outOfMemory,
  'the node restarts': disturbing.nodeRestart,
};

/** Runs in the cluster's network namespace; `run.mjs` starts it there. */
async function main() {
  const { programs, images, keep } = JSON.parse(parseArgs({ options: { work: { type: 'string' } } }).values.work);
  usePrograms();
  // What a run before has left when it was cut off.
  await stopCluster();
  prepareFolder(programs);
  for (const signalName of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signalName, () => void cutOff());
  const counts = { passed: 0, failed: 0 };
  try {
    await timed(counts, 'a control plane and a node', () => startCluster(images));
    if (counts.failed === 0) await runScenarios(counts);
  } finally {
    if (!keep) await stopCluster();
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0) process.exitCode = 1;
}

async function runScenarios(counts) {
  const world = {};
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const passed = await timed(counts, name, () => scenario(world));
    // Nothing can be said of a system that never came up.
    if (!passed && world.readings === undefined) return;
  }
}

async function startCluster(images) {
  await makeCredentials();
  await startControlPlane();
  await startNode();
  for (const image of images) await importImage(image);
  const { serverVersion } = JSON.parse(await mustRun('kubectl', ['version', '-o', 'json']));
  return `Kubernetes ${serverVersion.gitVersion}`;
}

async function stopCluster() {
  await stopNode();
  await stopControlPlane();
}

/** Nothing of the cluster outlives us. */
async function cutOff() {
  console.log('FAIL the run was cut off');
  await stopCluster();
  process.exit(1);
}

async function timed(counts, name, work) {
  const begin = Date.now();
  const said = (outcome, detail) =>
    console.log(
      `${outcome} ${name} (${((Date.now() - begin) / 1000).toFixed(0)} s)\n     ${detail.replaceAll('\n', '\n     ')}`,
    );
  try {
    const detail = await work();
    counts.passed += 1;
    said('PASS', detail ?? '');
    return true;
  } catch (error) {
    counts.failed += 1;
    said('FAIL', error.message);
    return false;
  }
}

await main();
