import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.mjs';
import { Usage } from './usage.mjs';

const LOOK_MS = 25;

/** Longer than the longest commit interval, Flink's second, so that a pause between two commits is not the end. */
const QUIET_MS = 3000;

/**
 * Runs one system until it has taken all records and the committed end of its output topic has stood
 * still for three seconds; the moment of the last movement is when the last row became visible.
 */
export async function measure({ id, spec, progress, outputTopic }, { settings, kafka, brokerPid, redis }) {
  const child = new Child({ ...spec, log: join(settings.outFolder, `${id}.log`), onLine: progress.onLine });
  const usage = new Usage({ pid: child.pid, brokerPid, redis });
  const stopWatching = new AbortController();
  const watches = Promise.all([usage.watch(stopWatching.signal), progress.watch(stopWatching.signal)]);
  const failed = watches.then(() => new Promise(() => {}));
  try {
    const rowsMs = await Promise.race([
      failed,
      settled({ child, progress, outputTopic, kafka, timeoutMs: settings.timeoutMs }),
    ]);
    return figuresOf({ child, progress, usage, rowsMs, records: settings.records });
  } finally {
    stopWatching.abort();
    await watches.catch(() => {});
    await child.stop();
  }
}

/** @returns the moment when the last row was seen, or the last record taken where there is no output */
async function settled({ child, progress, outputTopic, kafka, timeoutMs }) {
  let end = 0;
  let movedMs;
  while (Date.now() < child.startMs + timeoutMs) {
    if (child.end) throw new Error(`ended too early (${child.end}):\n${child.tail()}`);
    if (!outputTopic && progress.lastMs) return progress.lastMs;
    const seen = outputTopic ? await kafka.committedEnd(outputTopic) : 0;
    if (seen > end) [end, movedMs] = [seen, Date.now()];
    if (movedMs && progress.lastMs && Date.now() - Math.max(movedMs, progress.lastMs) > QUIET_MS) return movedMs;
    await sleep(LOOK_MS);
  }
  throw new Error(`not done after ${timeoutMs / 1000} s, committed end of the output ${end}:\n${child.tail()}`);
}

function figuresOf({ child, progress, usage, rowsMs, records }) {
  const { firstMs, lastMs } = progress;
  const perSecond = (fromMs, toMs) => (records / (toMs - fromMs)) * 1000;
  const perMillion = (seconds) => (seconds === undefined ? undefined : (seconds / records) * 1e6);
  const redisBefore = usage.redisCpu.at(child.startMs) ?? 0;
  return {
    startUpSeconds: (firstMs - child.startMs) / 1000,
    seconds: (rowsMs - firstMs) / 1000,
    rowsRate: perSecond(firstMs, rowsMs),
    inputRate: perSecond(firstMs, lastMs),
    wholeRate: perSecond(child.startMs, rowsMs),
    cpu: perMillion(usage.cpuUntil(rowsMs)),
    cpuFromFirst: perMillion(usage.cpu.between(firstMs, rowsMs)),
    redisCpu: perMillion((usage.redisCpu.at(rowsMs) ?? 0) - redisBefore),
    redisCpuFromFirst: perMillion(usage.redisCpu.between(firstMs, rowsMs) ?? 0),
    brokerCpu: perMillion(usage.broker.between(firstMs, rowsMs)),
    othersCores: (usage.othersBetween(firstMs, rowsMs) ?? NaN) / ((rowsMs - firstMs) / 1000),
    peakMegabytes: usage.memory.max,
    redisPeakMegabytes: usage.redisMemory.max ?? 0,
  };
}
