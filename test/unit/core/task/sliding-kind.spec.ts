import { compiledWith, recordOf } from '../../../support/pipelines';
import { TaskHarness } from '../../../support/task-harness';

describe('sliding windows', () => {
  it('keep one window that starts after a record and ends at the next', async () => {
    const pipeline = compiledWith({ window: { kind: 'sliding', size: '10s', grace: '10s' } });
    const harness = await TaskHarness.start(pipeline);
    const records = [0, 5, 15.001].map((at, i) => recordOf(i, { key: 'a', at, x: 1 }));
    await harness.process(records);
    // One that ends at each record, and one just after the first.
    expect(harness.task.stateSize.openWindows).toBe(4);
  });
});
