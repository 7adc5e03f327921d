#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { mustRun } from '../../stack/run.mjs';
import { startControlPlane, stopControlPlane } from './cluster/control-plane.mjs';
import { makeCredentials } from './cluster/credentials.mjs';
import { importImage, startNode, stopNode } from './cluster/node.mjs';
import { prepareFolder, usePrograms } from './cluster/places.mjs';
import { Steps } from './steps.mjs';
import * as accepting from './scenarios/accept.mjs';
import * as deploying from './scenarios/deploy.mjs';
import * as disturbing from './scenarios/disturb.mjs';

/** What needs no node. */
const MANIFESTS = {
  'the API server accepts the production overlay': accepting.productionIsAccepted,
  'it refuses the same with a mistake': accepting.mistakesAreRefused,
};
/** In order: each leaves what the next one needs. */
const SCENARIOS = {
  'one command on an empty cluster, to rows in Cassandra': deploying.fromNothingToRows,
  'the same command again; the migration Job finds its work done': deploying.applyAgain,
  'Pod Security restricted holds': deploying.restrictedHolds,
  ...MANIFESTS,
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
  const { programs, images, keep, manifests } = JSON.parse(
    parseArgs({ options: { work: { type: 'string' } } }).values.work,
  );
  usePrograms();
  // What a run before has left when it was cut off.
  await stopCluster();
  prepareFolder(programs);
  for (const signalName of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signalName, () => void cutOff());
  const steps = new Steps();
  try {
    const parts = manifests ? 'a control plane' : 'a control plane and a node';
    await steps.take(parts, () => startCluster({ images, manifests }));
    if (steps.failed === 0) await runScenarios(steps, manifests);
  } finally {
    if (!keep) await stopCluster();
  }
  steps.tell();
}

async function runScenarios(steps, manifests) {
  const world = {};
  for (const [name, scenario] of Object.entries(manifests ? MANIFESTS : SCENARIOS)) {
    const passed = await steps.take(name, () => scenario(world));
    // Nothing can be said of a system that never came up.
    if (!passed && !manifests && world.readings === undefined) return;
  }
}

async function startCluster({ images, manifests }) {
  await makeCredentials();
  await startControlPlane();
  if (!manifests) await startNode();
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

await main();
