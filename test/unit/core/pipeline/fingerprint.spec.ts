import { fnv1a64 } from '../../../../src/core/pipeline/fingerprint';
import { compiled } from './pipeline-text';

describe('the fingerprint', () => {
  const fingerprint = (replaced: Parameters<typeof compiled>[0] = {}) => compiled(replaced).fingerprint;

  it('is the same for the same meaning', () => {
    const same = [
      { source: '  source: { time: { field: at }, format: json, topic: in, partitions: 9 }' },
      { source: '  source: { topic: in, format: json, time: { field: at, idleAfter: 1m, outOfOrderness: 0s } }' },
      { window: '  window: { size: PT60S, kind: tumbling, grace: 0s }' },
      { metadata: 'metadata: { name: p, description: other words }' },
      { emit: '  emit: { on: close }' },
      { sinks: '  sinks: [{ kafka: { topic: out } }]' },
      { where: '  where: >-\n    x != null' },
      { key: '  key: [k]\n  repartition: { when: always }' },
    ];
    for (const replaced of same) expect(fingerprint(replaced)).toBe(fingerprint());
  });

  it('is another for another meaning', () => {
    const others = [
      { source: '  source: { topic: in2, format: json, time: { field: at } }' },
      { source: '  source: { topic: in, format: json }' },
      { where: undefined },
      { where: '  where: x != 1' },
      { derive: '  derive: { twice: x * 3 }' },
      { key: '  key: [j]' },
      { key: '  key: [k]\n  repartition: { preAggregate: true }' },
      { key: '  key: [k]\n  repartition: { preAggregate: true, range: 512 }' },
      { window: '  window: { kind: tumbling, size: 1m, grace: 1s }' },
      { window: '  window: { kind: calendar, unit: day, zone: UTC }' },
      { aggregate: '  aggregate: { total: sum(x) }' },
      { aggregate: '  aggregate: { n: count(), total: sum(x) }' },
    ];
    const prints = others.map(fingerprint);
    expect(new Set([fingerprint(), ...prints]).size).toBe(others.length + 1);
  });

  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('hashes %p as FNV-1a does', (text, hash) => expect(fnv1a64(text)).toBe(hash));

  it('does not change between builds', () => {
    expect(fingerprint()).toBe('6565b75b74b22e1a');
  });
});
