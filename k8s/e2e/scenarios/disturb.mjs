import { bootNode, crashNode } from '../cluster/node.mjs';
import { NODE } from '../cluster/places.mjs';
import { deploy } from '../overlay.mjs';
import * as kube from '../kubectl.mjs';
import { rowsAreRight } from '../rows.mjs';
import { Visitors } from '../visitors.mjs';
import { DAILY } from './deploy.mjs';

const { eventually, haveReady, kubectl, podsOf, tryKubectl } = kube;
const seconds = (begin) => ((Date.now() - begin) / 1000).toFixed(1);

/** Every pod of every role is replaced while readings come and rows are asked for. */
export async function rollingUpdate(world) {
  const visitors = new Visitors(await kube.urlOf('millrace'));
  const { readings } = world;
  const [sent, failed] = [readings.requests, readings.failures.length];
  readings.start();
  visitors.start();
  const begin = Date.now();
  try {
    await deploy({ pipelines: DAILY, settings: { MILLRACE_LOG_LEVEL: 'debug' } });
    await kube.rolledOut();
    for (const role of kube.ROLES) await haveReady(role, 1);
  } finally {
    await readings.stop();
    await visitors.stop();
  }
  const took = seconds(begin);
  const failures = [...readings.failures.slice(failed), ...visitors.failures];
  const requests = readings.requests - sent + visitors.requests;
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${requests} requests failed:\n${failures.slice(0, 8).join('\n')}`);
  const rows = await rowsAreRight(readings);
  return `${took} s, ${requests} requests, 0 failed, ${rows}`;
}

/** A processor is gone without a word. */
export async function forcedDelete(world) {
  await kube.scale('process', 2);
  await haveReady('process', 2);
  return underReadings(world, async () => {
    const [victim] = await podsOf('process');
    await kubectl('delete', 'pod', victim.metadata.name, '--force', '--grace-period=0');
    await haveReady('process', 2);
  });
}

export async function scaleOutAndIn(world) {
  return underReadings(world, async () => {
    for (const count of [1, 3, 1]) {
      await kube.scale('process', count);
      await haveReady('process', count);
    }
  });
}

/** The budget lets one processor go and keeps the other until there is a new one. */
export async function drain(world) {
  await kube.scale('process', 2);
  await haveReady('process', 2);
  return underReadings(world, async () => {
    const selector = '--pod-selector=app.kubernetes.io/component=process';
    const { code, output } = await tryKubectl('drain', NODE, selector, '--delete-emptydir-data', '--timeout=25s');
    if (code === 0 || !/disruption budget/.test(output)) throw new Error(`the drain was not held up: ${output}`);
    const left = (await podsOf('process')).filter(kube.isReady);
    if (left.length !== 1) throw new Error(`${left.length} processors are left, not 1`);
    await kubectl('uncordon', NODE);
    await haveReady('process', 2);
  });
}

/** The pods of a wrong definition do not start and say why; the pods before run on. */
export async function badPipeline(world) {
  const wrong = DAILY['air-quality-daily.yaml'].replace('unit: day', 'unit: dya');
  const before = (await podsOf('process')).map(({ metadata }) => metadata.name);
  const result = await underReadings(world, async () => {
    await deploy({ pipelines: { 'air-quality-daily.yaml': wrong } });
    const said = await eventually(() => refusal('process', before), 120_000);
    if (!said) throw new Error(`no new pod says what is wrong\n${await kubectl('get', 'pods')}`);
    if (!/air-quality-daily\.yaml:\d+:\d+: /.test(said)) throw new Error(`the place is not named: ${said}`);
    const left = (await podsOf('process')).filter(
      ({ metadata, ...pod }) => before.includes(metadata.name) && kube.isReady(pod),
    );
    if (left.length !== before.length) throw new Error('a pod with the good definition is gone');
  });
  await deploy({ pipelines: DAILY });
  await kube.rolledOut();
  return result;
}

/** What a new pod's container said when it ended. */
async function refusal(role, before) {
  const fresh = (await podsOf(role)).filter(({ metadata }) => !before.includes(metadata.name));
  const states = fresh.flatMap(({ status }) => status.containerStatuses ?? []);
  const ended = states.map(({ state, lastState }) => state.terminated ?? lastState.terminated).find(Boolean);
  return ended?.exitCode === 2 ? ended.message : undefined;
}

/** The kernel kills the processor, which is the largest of its container. */
export async function outOfMemory(world) {
  await kube.scale('process', 1);
  await haveReady('process', 1);
  const [pod] = await podsOf('process');
  return underReadings(world, async () => {
    await tryKubectl('exec', pod.metadata.name, '--', 'node', '-e', HOG);
    const killed = await eventually(async () => {
      const [{ status }] = await podsOf('process');
      return status.containerStatuses?.find(({ lastState }) => lastState.terminated?.reason === 'OOMKilled');
    }, 60_000);
    if (!killed) throw new Error('the container was not killed');
    await haveReady('process', 1);
  });
}

/** Forty processes that are each smaller than the service, and together more than the container may have. */
const HOG = `
const { spawn } = require('node:child_process');
const each = 'const kept=[];for(let i=0;i<6;i++)kept.push(Buffer.alloc(1e7,1));setInterval(()=>kept,1e6)';
for (let i = 0; i < 40; i++) spawn(process.execPath, ['-e', each], { stdio: 'ignore' });
setTimeout(() => process.exit(0), 30000);
`;

/** Every process of the node ends at once, the servers' too, and it comes back. */
export async function nodeRestart(world) {
  const crashedAt = Date.now();
  await crashNode();
  await bootNode();
  const begin = Date.now();
  const back = await eventually(() => allRunSince(crashedAt), 300_000);
  if (!back) throw new Error(`not all pods are back\n${await kubectl('get', 'pods', '-o', 'wide')}`);
  const ready = seconds(begin);
  for (let hour = 0; hour < 24; hour += 1) await world.readings.sendHour();
  return `all ready ${ready} s after the node, ${await rowsAreRight(world.readings)}`;
}

/** What the API server says of pods is from before the crash until the kubelet has told it more. */
async function allRunSince(time) {
  const pods = (await kube.objects('pods')).filter(({ status }) => status.phase !== 'Succeeded');
  const containers = pods.flatMap(({ status }) => status.containerStatuses ?? []);
  const isNew = ({ ready, state }) => ready && Date.parse(state.running?.startedAt ?? 0) >= time - 1_000;
  return pods.every(kube.isReady) && containers.every(isNew);
}

/** Does something while readings come; then every row is right. */
async function underReadings({ readings }, work) {
  const failed = readings.failures.length;
  const begin = Date.now();
  readings.start();
  try {
    await work();
  } finally {
    await readings.stop();
  }
  const took = seconds(begin);
  const rows = await rowsAreRight(readings);
  const failures = readings.failures.slice(failed);
  if (failures.length > 0) throw new Error(`requests failed:\n${failures.slice(0, 5).join('\n')}`);
  return `${took} s, ${rows}`;
}
