import { committedTaskView } from '../../../src/api/task-view';
import { compiledWith, recordOf } from '../../support/pipelines';
import { TaskHarness } from '../../support/task-harness';

const TASK = { pipeline: 'test', partition: 0 };

async function viewOf(window: object) {
  const pipeline = compiledWith({ window });
  const harness = await TaskHarness.start(pipeline, { nameOf: ({ keyText }) => keyText });
  await harness.process([0, 1, 14, 15].map((at, i) => recordOf(i, { key: 'ab'[i % 2]!, at, x: 1 })));
  await harness.checkpoint();
  const { owner, epoch, ...checkpoint } = (await harness.store.peek(TASK))!;
  return { view: committedTaskView(pipeline, { task: TASK, owner, epoch, checkpoint }), size: harness.task.stateSize };
}

describe('a task of another process', () => {
  it.each([
    { kind: 'tumbling', size: '10s', grace: '1m' },
    { kind: 'hopping', size: '10s', advance: '5s' },
    { kind: 'cumulative', size: '30s', step: '10s' },
  ])('has as many open windows as its owner says: $kind', async (window) => {
    const { view, size } = await viewOf(window);
    expect(size.openWindows).toBeGreaterThan(0);
    expect(view).toMatchObject({ openWindows: size.openWindows, stateKeys: size.keys });
  });

  it('tells no number of windows that only its entries hold', async () => {
    const { view } = await viewOf({ kind: 'session', gap: '5s' });
    expect(view.stateKeys).toBe(2);
    expect(view).not.toHaveProperty('openWindows');
  });
});
