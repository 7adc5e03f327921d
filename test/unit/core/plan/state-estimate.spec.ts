import { estimateState } from '../../../../src/core/plan/state-estimate';
import { windowText } from '../../../../src/core/plan/window-text';
import { compiled } from '../pipeline/pipeline-text';

const HOLD = ', grace: 1m';

const kinds = [
  ['{ kind: tumbling, size: 1m }', 'pane', 1, 1, 'tumbling 1m'],
  [`{ kind: tumbling, size: 30s, offset: 10s${HOLD} }`, 'pane', 3, 1, 'tumbling 30s, shifted by 10s'],
  [`{ kind: calendar, unit: day, zone: UTC${HOLD} }`, 'pane', 2, 1, 'calendar day in UTC'],
  ['{ kind: calendar, unit: month, zoneField: z }', 'pane', 1, 1, 'calendar month in the zone of z'],
  ['{ kind: hopping, size: 1h, advance: 5m }', 'slice', 13, 12, 'hopping 1h every 5m'],
  ['{ kind: hopping, size: 10s, advance: 4s }', 'slice', 6, 3, 'hopping 10s every 4s'],
  [`{ kind: cumulative, size: 1h, step: 10m${HOLD} }`, 'slice', 8, 6, 'cumulative 1h by 10m'],
  [`{ kind: session, gap: 30s${HOLD} }`, 'window', 3, 1, 'sessions with gaps of 30s'],
  ['{ kind: sliding, size: 1500ms }', 'window', undefined, undefined, 'sliding 1500ms'],
  ['{ kind: count, size: 5 }', 'window', 1, 1, 'every 5 records'],
  ['{ kind: global }', 'pane', 1, 1, 'all records'],
] as const;

describe('the estimate of state', () => {
  it.each(kinds)('of %s is kept by %s, %s of a key, and a record counts in %s windows', (window, ...expected) => {
    const pipeline = compiled({ window: `  window: ${window}` });
    const { entry, count, windowsPerRecord } = estimateState(pipeline);
    expect([entry, count, windowsPerRecord, windowText(pipeline.definition.spec.window!)]).toEqual(expected);
  });

  it('is the bytes that a pane or a window is stored in, times their number', () => {
    const pane = estimateState(compiled());
    // Version and N of the pane, then version and three numbers of sum(x), version and one of count().
    expect(pane).toMatchObject({ emptyBytes: 9 + 25 + 9, typicalBytes: 9 + 25 + 9, bytesPerKey: 43 });
    const span = estimateState(compiled({ window: '  window: { kind: session, gap: 1m }' }));
    expect(span.typicalBytes).toBe(1 + 5 * 8 + 8 + 2 * 8 + 25 + 9);
  });

  it('counts what aggregates that grow take after many records of different values', () => {
    const { emptyBytes, typicalBytes } = estimateState(compiled({ aggregate: '  aggregate: { a: "top_k(x, 20)" }' }));
    expect(typicalBytes).toBeGreaterThan(emptyBytes + 100 * 'value 10'.length);
  });

  it('is nothing for a pipeline without windows', () => {
    const stateless = compiled({ key: undefined, window: undefined, aggregate: undefined });
    expect(estimateState(stateless)).toMatchObject({ entry: 'none', typicalBytes: 0, bytesPerKey: 0 });
  });
});
