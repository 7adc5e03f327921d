import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, machineBusySeconds, peakMegabytesOf } from './proc.mjs';
import { Series } from './series.mjs';

const PROCESS_MS = 20;
const REDIS_MS = 200;

/** Samples the CPU and memory of one measured process and of all that works beside it. */
export class Usage {
  cpu = new Series();
  memory = new Series();
  broker = new Series();
  machine = new Series();
  driver = new Series();
  redisCpu = new Series();
  redisMemory = new Series();

  constructor({ pid, brokerPid, redis }) {
    Object.assign(this, { pid, brokerPid, redis });
  }

  async watch(signal) {
    await Promise.all([this.#watchProcesses(signal), this.redis && this.#watchRedis(signal)]);
  }

  async #watchProcesses(signal) {
    while (!signal.aborted) {
      const now = Date.now();
      this.cpu.add(now, cpuSecondsOf(this.pid));
      this.memory.add(now, peakMegabytesOf(this.pid));
      this.machine.add(now, machineBusySeconds());
      this.driver.add(now, cpuSecondsOf(process.pid));
      if (this.brokerPid) this.broker.add(now, cpuSecondsOf(this.brokerPid));
      await sleep(PROCESS_MS);
    }
  }

  async #watchRedis(signal) {
    while (!signal.aborted) {
      const { cpuSeconds, megabytes } = await this.redis.sample();
      this.redisCpu.add(Date.now(), cpuSeconds);
      this.redisMemory.add(Date.now(), megabytes);
      await sleep(REDIS_MS);
    }
  }

  /** CPU seconds of the measured process from its start (a process starts with none) to a moment. */
  cpuUntil(ms) {
    return this.cpu.at(ms);
  }

  /** CPU seconds of everything else on the machine: the noise of a run. Undefined where the broker's is not known. */
  othersBetween(fromMs, toMs) {
    if (!this.brokerPid) return undefined;
    const known = [this.cpu, this.broker, this.driver, this.redisCpu].map(
      (series) => series.between(fromMs, toMs) ?? 0,
    );
    return Math.max(0, this.machine.between(fromMs, toMs) - known.reduce((sum, seconds) => sum + seconds, 0));
  }
}
