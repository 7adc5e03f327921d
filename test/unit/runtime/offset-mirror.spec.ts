import type { OffsetMirrorEntry } from '../../../src/core/ports/batch-consumer.port';
import { OffsetMirror } from '../../../src/runtime/offset-mirror';

const at = (partition: number, nextOffset: bigint): OffsetMirrorEntry => ({ partition, nextOffset, metadata: '' });

describe('the mirror of offsets', () => {
  let events: string[];
  let mirror: OffsetMirror;
  let written: string[][];
  let owned: Set<number>;
  const flush = (write: () => Promise<void> = () => Promise.resolve()): Promise<void> =>
    mirror.flush(
      (offsets) => {
        written.push(offsets.map(({ partition, nextOffset }) => `${partition}:${nextOffset}`));
        return write();
      },
      (partition) => owned.has(partition),
    );

  beforeEach(() => {
    events = [];
    written = [];
    owned = new Set([0, 1]);
    mirror = new OffsetMirror({ pipeline: 'test', log: (_level, event) => void events.push(event) });
  });

  it('tells the newest offset of each task once', async () => {
    mirror.set(at(0, 1n));
    mirror.set(at(0, 2n));
    mirror.set(at(1, 9n));
    await flush();
    await flush();
    expect(written).toEqual([['0:2', '1:9']]);
  });

  it('never tells the offset of a task that was taken away: its next owner may have told a newer one', async () => {
    mirror.set(at(0, 1n));
    mirror.set(at(1, 1n));
    mirror.forget(0);
    await flush();
    expect(written).toEqual([['1:1']]);
  });

  it('makes up for a failed attempt with what is newest by then, and still owned', async () => {
    mirror.set(at(0, 1n));
    mirror.set(at(1, 1n));
    mirror.set(at(2, 1n));
    await flush(() => {
      mirror.set(at(1, 5n));
      return Promise.reject(new Error('rebalancing'));
    });
    expect(events).toEqual(['checkpoint.mirror-failed']);
    await flush();
    expect(written.at(-1)).toEqual(['0:1', '1:5']);
  });
});
