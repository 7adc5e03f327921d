import { partitionOf } from '../../../../src/core/partitioning/murmur2';
import { compiled, recordOf } from './pipeline-text';

function derived(text: string, record: object): unknown {
  const pipeline = compiled({ where: undefined, derive: `  derive: { d: "${text}" }` });
  const source = recordOf(record);
  const fields = pipeline.decode(source);
  pipeline.accepts(fields, source);
  return fields['d'];
}

describe('functions that place rows in tables', () => {
  it.each<[string, object, unknown]>([
    ['time_ms(t)', { t: '2026-01-05T10:00:00+01:00' }, Date.UTC(2026, 0, 5, 9)],
    ['time_ms(t)', { t: 1_767_607_200 }, 1_767_607_200_000],
    ['month_of(t)', { t: '2026-02-01T00:30:00+01:00' }, '2026-01'],
    ['bucket_of(t, 16)', { t: 'anna' }, partitionOf('anna', 16)],
    ['bucket_of(t, 16)', { t: 7 }, partitionOf('7', 16)],
    [
      "counts_of(t, 'w', 'n')",
      {
        t: [
          { w: 'a', n: 2 },
          { w: 'b', n: 1 },
          { w: 'a', n: 3 },
        ],
      },
      { a: 5, b: 1 },
    ],
    ["counts_of(t, 'w', 'n')", { t: [] }, {}],
  ])('%s of %j is %j', (text, record, result) => {
    expect(derived(text, record)).toEqual(result);
  });

  it.each([
    ['time_ms(t)', { t: 'noon' }],
    ['time_ms(t)', { t: null }],
    ['month_of(t)', { t: -5 }],
    ['bucket_of(t, 0)', { t: 'anna' }],
    ["counts_of(t, 'w', 'n')", { t: 'a' }],
    ["counts_of(t, 'w', 'n')", { t: [{ w: 'a' }] }],
    ["counts_of(t, 'w', 'n')", { t: [{ w: 'a', n: 1.5 }] }],
    ["counts_of(t, 'w', 'n')", { t: ['a'] }],
  ])('%s of %j makes a dead letter', (text, record) => {
    expect(() => derived(text, record)).toThrow(text.split('(')[0]);
  });
});
