import { ErrorBudget } from '../../../src/runtime/error-budget';
import { compiledWith } from '../../support/pipelines';
import { RunnerHarness } from '../../support/runner-harness';
import { waitUntil } from '../../support/wait-until';

describe('an error budget', () => {
  const spent: string[] = [];
  const budgetOf = (share: number, of: number): ErrorBudget =>
    new ErrorBudget({ share, of, onSpent: (reason) => spent.push(reason) });
  beforeEach(() => (spent.length = 0));

  it('is spent by the record that makes the share too large, and says what was wrong with it', () => {
    const budget = budgetOf(0.5, 10);
    for (let i = 0; i < 5; i++) budget.add('no JSON');
    expect(budget.isSpent).toBe(false);
    budget.add('"t" is missing');
    expect(budget.isSpent).toBe(true);
    expect(spent).toEqual([budget.reason]);
    expect(budget.reason).toContain('6 of the last 10 records became dead letters');
    expect(budget.reason).toContain('"t" is missing');
  });

  it('is not spent by bad records below the share, however many come', () => {
    const budget = budgetOf(0.5, 10);
    for (let i = 0; i < 10_000; i++) budget.add(i % 2 === 0 ? 'no JSON' : undefined);
    expect(budget.isSpent).toBe(false);
  });

  it('forgets bad records when good ones have taken their place', () => {
    const budget = budgetOf(0.5, 10);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) budget.add('no JSON');
      for (let i = 0; i < 10; i++) budget.add(undefined);
    }
    expect(budget.isSpent).toBe(false);
  });

  it('is never spent with a share of 1', () => {
    const budget = budgetOf(1, 10);
    for (let i = 0; i < 100; i++) budget.add('no JSON');
    expect(budget.isSpent).toBe(false);
  });

  it('lets go once what waits, and begins to count anew, when it is resumed', () => {
    const budget = budgetOf(0.5, 10);
    const released: string[] = [];
    for (let i = 0; i < 6; i++) budget.add('no JSON');
    budget.hold(0, () => released.push('before the rebalance'));
    budget.hold(0, () => released.push('after it'));
    budget.hold(1, () => released.push('another'));
    budget.resume();
    budget.resume();
    expect(released).toEqual(['before the rebalance', 'after it', 'another']);
    for (let i = 0; i < 5; i++) budget.add('no JSON');
    expect(budget.isSpent).toBe(false);
  });
});

describe('a pipeline of which too many records are bad', () => {
  const OF = 20;
  let harness: RunnerHarness;

  beforeEach(async () => {
    const pipeline = compiledWith({ checkpoint: { interval: '10ms' }, errorBudget: { share: 0.5, of: OF } });
    harness = new RunnerHarness(pipeline);
    await harness.createTopic();
  });
  afterEach(() => harness.end());

  const produceBad = (count: number): Promise<unknown> =>
    harness.log.send(
      harness.topic,
      Array.from({ length: count }, () => ({ key: 'a', value: 'no JSON' })),
    );
  const produceGood = (count: number): Promise<void> =>
    harness.produce(...Array.from({ length: count }, (_, at) => ({ key: 'a', at, x: 1 })));
  const committed = async (): Promise<bigint | undefined> =>
    (await harness.store.peek({ pipeline: 'test', partition: 0 }))?.progress.nextOffset;

  it('pauses, says why, makes no more dead letters and stays before the first record that it has not processed', async () => {
    const owner = await harness.own();
    await produceGood(5);
    await produceBad(500);
    await waitUntil('it is paused', () => owner.runner.status().state === 'paused');
    expect(owner.events).toContain('pipeline.paused');
    expect(owner.runner.status().reason).toMatch(/11 of the last 20 records.*no JSON/);
    await waitUntil('what was processed is committed', async () => (await committed()) === 16n);
    await produceBad(10);
    await owner.runner.flush(1_000);
    expect(harness.deadLetters).toHaveLength(11);
    expect(await committed()).toBe(16n);
  });

  it('goes on where it stood when an operator asks for it, and pauses again if nothing was mended', async () => {
    const owner = await harness.own();
    await produceBad(30);
    await produceGood(5);
    await waitUntil('it is paused', () => owner.runner.status().state === 'paused');
    await harness.ledger.requestResume('test');
    await waitUntil(
      'it is paused again',
      () => owner.events.filter((event) => event === 'pipeline.paused').length === 2,
    );
    await harness.ledger.requestResume('test');
    await waitUntil('all is processed', async () => (await committed()) === 35n);
    expect(harness.deadLetters.map(({ record }) => Number(record.offset))).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    );
    await waitUntil('the row counts all', () => harness.tables.rows('test')[0]?.values?.['n'] === 5);
    expect(owner.runner.status().state).toBe('running');
  });

  it('takes no request for one that was made before it paused', async () => {
    await harness.ledger.requestResume('test');
    const owner = await harness.own();
    await produceBad(30);
    await waitUntil('it is paused', () => owner.runner.status().state === 'paused');
    await harness.ledger.requestResume('test');
    await waitUntil(
      'it is paused again',
      () => owner.events.filter((event) => event === 'pipeline.paused').length === 2,
    );
    await waitUntil('the letters of both times are written', () => harness.deadLetters.length === 22);
  });

  it('runs on while the bad records stay below the share', async () => {
    const owner = await harness.own();
    for (let i = 0; i < 30; i++) {
      await produceBad(1);
      await produceGood(2);
    }
    await waitUntil('all is processed', async () => (await committed()) === 90n);
    expect(owner.runner.status().state).toBe('running');
    expect(harness.deadLetters).toHaveLength(30);
  });
});
