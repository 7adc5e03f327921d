import { setTimeout as sleep } from 'node:timers/promises';
import { FAULTS } from './faults.mjs';
import { Seeded } from './seeded.mjs';

const JUMPS_MS = [-3_600_000, -60_000, -5_000, 5_000, 60_000, 3_600_000];

/**
 * The faults of a seed, one after the other and without end: all kinds in a mixed order, then all again. They depend on the
 * seed, the kinds and the number of replicas alone; when each strikes depends on how long those before it take.
 */
export function* schedule({ seed, kinds, replicas, gapMs: [least, most] }) {
  const chance = new Seeded(seed);
  for (;;) {
    for (const kind of chance.shuffled(kinds)) {
      const first = chance.between(0, replicas - 1);
      yield {
        kind,
        gapMs: chance.between(least, most),
        replica: first,
        peer: (first + chance.between(1, replicas - 1)) % replicas,
        shortMs: chance.between(0, 3_000),
        longMs: chance.between(1_000, 20_000),
        server: chance.pick(['kafka', 'redis', 'cassandra']),
        cut: chance.pick(['silence', 'sever']),
        jumpMs: chance.pick(JUMPS_MS),
      };
    }
  }
}

/** Strikes by a schedule. Two faults never have one target at a time; otherwise they may overlap. */
export class Striker {
  struck = [];
  busy = new Map();

  constructor({ replicas, servers, progress, log }) {
    Object.assign(this, { replicas, servers, progress, log });
  }

  /** Until `endMs`, or `most` faults; then waits for the end of each. Rejects with what a fault failed with. */
  async run(faults, { endMs, most }) {
    for (const fault of faults) {
      if (this.struck.length >= most || Date.now() + fault.gapMs >= endMs) break;
      await sleep(fault.gapMs);
      const draw = { ...fault, replica: this.replicas[fault.replica], peer: this.replicas[fault.peer] };
      const targets = FAULTS[fault.kind].targets(draw);
      await Promise.all(targets.map((target) => this.busy.get(target)));
      const work = this.strike(draw);
      // Heard when it is waited for; until then a failure must not end the process.
      work.catch(() => {});
      for (const target of targets) this.busy.set(target, work);
    }
    await Promise.all(this.busy.values());
  }

  async strike(draw) {
    const record = { kind: draw.kind, detail: detailOf(draw), at: new Date().toISOString() };
    this.struck.push(record);
    this.log(`${this.struck.length}. ${record.kind}: ${record.detail}`);
    const struck = () => {
      record.recovery = this.progress.moved().then((ms) => (record.recoveryMs = ms));
    };
    await FAULTS[draw.kind].strike(draw, this.servers, struck);
  }
}

function detailOf({ kind, replica, peer, server, cut, shortMs, longMs, jumpMs }) {
  if (kind === 'replica cut off') return `${replica.name} from ${server}, ${cut}, ${longMs} ms`;
  if (kind === 'clock jumps') return `${replica.name} by ${jumpMs / 1000} s, for ${longMs} ms`;
  if (kind === 'replica paused') return `${replica.name}, ${longMs} ms`;
  if (kind.includes('heir')) return `${replica.name}, then ${peer.name}`;
  if (kind.includes('replica')) return replica.name;
  return `${kind === 'Cassandra paused' ? longMs / 2 : shortMs} ms`;
}
