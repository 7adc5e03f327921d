import type { PartitionExtent } from '../../../src/core/ports/record-source.port';
import { IdlenessCheck, type IdlenessCheckOptions } from '../../../src/runtime/idleness-check';
import { compiledWith } from '../../support/pipelines';

const spec = (idleAfter: string) => ({
  source: { topic: 'readings', format: 'json', time: { field: 't', idleAfter } },
});

describe('the check for idle partitions', () => {
  let nowMs: number;
  let isDelivering: boolean;
  let questions: PromiseWithResolvers<Map<number, PartitionExtent>>[];
  let advances: readonly unknown[][];
  let check: IdlenessCheck;

  beforeEach(() => {
    [nowMs, isDelivering, questions, advances] = [1_000_000, true, [], []];
    check = checkWith('60s');
  });

  function checkWith(idleAfter: string): IdlenessCheck {
    const runner = {
      seemsIdle: () => true,
      advanceIdle: (...advance: unknown[]) => (advances = [...advances, advance]),
    };
    const options = {
      pipeline: compiledWith(spec(idleAfter)),
      clock: { now: () => nowMs },
      topics: {
        extents: () => {
          questions.push(Promise.withResolvers());
          return questions.at(-1)!.promise;
        },
      },
      source: {
        get isDelivering() {
          return isDelivering;
        },
      },
      runners: new Map([[3, runner]]),
    };
    return new IdlenessCheck(options as unknown as IdlenessCheckOptions);
  }

  const answer = (end: bigint): void => questions.at(-1)!.resolve(new Map([[3, { earliest: 0n, end }]]));

  it('takes an answer that is read late as evidence of the moment of the question', async () => {
    const run = check.run();
    nowMs += 600_000;
    answer(7n);
    await run;
    expect(advances).toEqual([[7n, 60_000, 1_000_000]]);
  });

  it('asks one question at a time, and moves nothing while the broker is stuck', async () => {
    void check.run();
    nowMs += 600_000;
    await check.run();
    expect([questions.length, advances]).toEqual([1, []]);
  });

  it('moves nothing when the broker does not answer, and asks again', async () => {
    const run = check.run();
    questions[0]!.reject(new Error('no broker'));
    await run;
    expect(advances).toEqual([]);
    const again = check.run();
    answer(7n);
    await again;
    expect(advances).toHaveLength(1);
  });

  it('does not ask during a rebalance', async () => {
    isDelivering = false;
    await check.run();
    expect(questions).toEqual([]);
  });

  it('does not believe an answer that came with a rebalance', async () => {
    const run = check.run();
    isDelivering = false;
    answer(7n);
    await run;
    expect(advances).toEqual([]);
  });

  it('never asks when idleAfter is never', async () => {
    await checkWith('never').run();
    expect(questions).toEqual([]);
  });
});
