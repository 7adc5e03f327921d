import { MAX_PARKED_RECORDS } from '../../../../src/core/task/parked-records';
import { decodeParked, encodeParked } from '../../../../src/core/task/parked-record';
import { releaseRecord } from '../../../../src/core/task/release';
import { pipelineSchema } from '../../../../src/core/pipeline/definition';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';
import { compiledWith, EPOCH_MS, recordOf } from '../../../support/pipelines';
import { TaskHarness } from '../../../support/task-harness';

const pipeline = compiledWith({ onPoison: 'park', errorBudget: { share: 1 } });
const bad = (offset: number, key: string): SourceRecord => ({
  ...recordOf(offset, { key, at: 0, x: 0 }),
  value: Buffer.from(JSON.stringify({ key, t: EPOCH_MS, x: 'bad' })),
});

describe('a parked key', () => {
  it('says that a record had no room to wait, and lets other keys go on', async () => {
    const harness = await TaskHarness.start(pipeline);
    const records = [bad(0, 'a')];
    for (let i = 1; i <= MAX_PARKED_RECORDS; i++) records.push(recordOf(i, { key: 'a', at: 0, x: 1 }));
    records.push(recordOf(records.length, { key: 'b', at: 0, x: 1 }));
    await harness.process(records);
    await harness.checkpoint();
    expect(harness.task.parked).toEqual({ keys: 1, records: MAX_PARKED_RECORDS, first: ['a'] });
    expect(harness.deadLetters.map(({ reason, parkedAt }) => [reason, parkedAt !== undefined])).toEqual([
      ['bad-value', true],
      ['parking-full', false],
    ]);
    expect(Object.keys(harness.values())).toEqual([`b@${EPOCH_MS}`]);
  });

  it('is none for a record of which nobody can tell the key, or which is in the wrong partition', async () => {
    const harness = await TaskHarness.start(pipeline);
    const noJson = { ...recordOf(0, { key: 'a', at: 0, x: 1 }), value: Buffer.from('no JSON') };
    const wrongPlace = { ...bad(1, 'a'), key: Buffer.from('z') };
    await harness.process([noJson, wrongPlace, recordOf(2, { key: 'a', at: 0, x: 1 })]);
    expect(harness.task.parked.keys).toBe(0);
    expect(harness.task.totals).toEqual({ accepted: 1, filtered: 0, late: 0, dead: 2 });
  });

  it('waits on when the definition no longer parks, until it is released', async () => {
    const harness = await TaskHarness.start(pipeline);
    await harness.process([bad(0, 'a')]);
    await harness.checkpoint();
    const store = harness.store;
    const changed = await TaskHarness.start(compiledWith());
    changed.store = store;
    await changed.restart();
    await changed.process([recordOf(1, { key: 'a', at: 0, x: 1 }), bad(2, 'b')]);
    expect(changed.task.parked).toEqual({ keys: 1, records: 2, first: ['a'] });
  });

  it('keeps what its records were, with headers and the place that they come from', () => {
    const record = {
      ...{ offset: 7n, timestampMs: -1, key: null, value: Uint8Array.of(0, 255) },
      headers: { one: Uint8Array.of(1), none: null, many: [Uint8Array.of(2), null] },
      origin: { partition: 3, offset: 9n, index: 0, watermarkMs: -1, isMark: false },
    };
    expect(decodeParked(encodeParked({ keyText: '["a",1]', record }))).toEqual({ keyText: '["a",1]', record });
  });

  it('shows rows of a release that are too many for one checkpoint with those that follow, by a new owner too', async () => {
    const spec = { window: { kind: 'tumbling', size: '10s', grace: '1h' }, emit: { on: 'update' } };
    const many = compiledWith({ onPoison: 'park', errorBudget: { share: 1 }, ...spec });
    const harness = await TaskHarness.start(many, { maxRows: 5 });
    const waiting = Array.from({ length: 12 }, (_, i) => recordOf(i + 1, { key: 'a', at: 10 * (i + 1), x: i }));
    await harness.process([bad(0, 'a'), ...waiting]);
    await harness.settle();
    const release = { keyText: 'a', places: ['0:0'], patch: { x: -1 } };
    const target = { pipeline: 'test', messageKey: Buffer.from('a'), partition: 0 };
    const { value, headers } = releaseRecord(release, target);
    await harness.process([
      {
        offset: 13n,
        timestampMs: EPOCH_MS,
        key: target.messageKey,
        value: Buffer.from(value as string),
        headers: headers!,
      },
    ]);
    // What a release changes fills its delta, which is frozen at once.
    expect({ rows: harness.emitted.length, hasMore: harness.task.hasMore }).toEqual({ rows: 5, hasMore: false });
    await harness.restart();
    await harness.settle();
    expect(Object.values(harness.values())).toMatchObject(
      Array.from({ length: 13 }, (_, i) => ({ n: 1, total: i - 1 })),
    );
  });

  it.each([
    [{ key: undefined, window: undefined, aggregate: undefined }, /no meaning for a pipeline without a key/],
    [{ key: ['band'], derive: { band: 'aqi_band(x)' } }, /"band" is computed/],
  ])('is refused where the key of a bad record could not be told (%j)', (spec, message) => {
    const { definition } = pipeline;
    const parsed = pipelineSchema.safeParse({
      ...definition,
      spec: {
        source: { topic: 'readings', format: 'json' },
        ...{ key: ['key'], window: { kind: 'global' }, aggregate: { n: 'count()' }, sinks: [{ live: {} }] },
        ...{ onPoison: 'park', ...spec },
      },
    });
    expect(parsed.error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toContainEqual([
      'spec.onPoison',
      expect.stringMatching(message),
    ]);
  });
});
