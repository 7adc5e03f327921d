import { mustRun, run } from '../../stack/run.mjs';
import { until } from '../../stack/wait.mjs';

export const NAMESPACE = 'millrace-dev';
export const ROLES = ['process', 'serve', 'ingest'];
const TIMEOUT_MS = 120_000;

/** Runs kubectl in the namespace of the dev overlay; its output. */
export function kubectl(...args) {
  return mustRun('kubectl', ['-n', NAMESPACE, ...args], { timeoutMs: 600_000 });
}

/** The same, with `{ code, output }` whatever comes of it. */
export function tryKubectl(...args) {
  return run('kubectl', ['-n', NAMESPACE, ...args], { timeoutMs: TIMEOUT_MS });
}

export async function objects(kind, ...args) {
  return JSON.parse(await kubectl('get', kind, '-o', 'json', ...args)).items;
}

/** The pods of a role that are not on their way out. */
export async function podsOf(role) {
  const pods = await objects('pods', '-l', `app.kubernetes.io/component=${role}`);
  return pods.filter(({ metadata }) => !metadata.deletionTimestamp);
}

export function isReady({ status }) {
  return (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

/** Resolves once each role has rolled out its newest template. */
export async function rolledOut(deadline = '300s') {
  for (const role of ROLES) await kubectl('rollout', 'status', `deployment/millrace-${role}`, `--timeout=${deadline}`);
}

/** Waits until exactly `count` pods of a role are there and ready. */
export async function haveReady(role, count, deadlineMs = 180_000) {
  const done = await eventually(async () => {
    const pods = await podsOf(role);
    return pods.length === count && pods.every(isReady);
  }, deadlineMs);
  if (!done)
    throw new Error(`${role} has not become ${count} ready pods\n${await kubectl('get', 'pods', '-o', 'wide')}`);
}

/** Sets both bounds, which the autoscaler keeps whether it knows the load or not. */
export function scale(role, count) {
  const patch = JSON.stringify({ spec: { minReplicas: count, maxReplicas: count } });
  return kubectl('patch', `hpa/millrace-${role}`, '--type=merge', '-p', patch);
}

export function eventually(condition, deadlineMs, everyMs = 500) {
  return until(condition, { deadlineMs, everyMs });
}

/** The address at which the machine reaches a Service. */
export async function urlOf(service) {
  return `http://${(await kubectl('get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}')).trim()}`;
}

export async function addressOf(pod) {
  return (await kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.podIP}')).trim();
}
