import { MemoryReferenceHash } from '../../../../src/adapters/memory/memory-reference-hash';
import { TransientError } from '../../../../src/core/errors';
import { HashTable } from '../../../../src/runtime/lookup/hash-table';
import type { Reading } from '../../../support/pipelines';
import { compiledWith } from '../../../support/pipelines';
import { RunnerHarness } from '../../../support/runner-harness';
import { waitUntil } from '../../../support/wait-until';

const at = (second: number, x = 1, key = 'a'): Reading => ({ key, at: second, x });

describe('a running pipeline that looks its records up in Redis', () => {
  let harness: RunnerHarness;
  let hash: MemoryReferenceHash;
  const values = () => harness.tables.rows('test').map((row) => row.values);
  const hashTable = (name: string) => new HashTable({ kind: 'redis', name, maxAgeMs: 0 }, hash, harness.clock);

  beforeEach(async () => {
    hash = new MemoryReferenceHash();
    const sensor = { table: 'redis', name: 'sensors', on: 'key', as: 'sensor' };
    const site = { table: 'redis', name: 'sites', on: 'sensor == null ? null : sensor.site', as: 'site' };
    const aggregate = { n: 'count()', limit: 'max(sensor == null ? null : sensor.limit)', zone: 'max(site)' };
    harness = new RunnerHarness(compiledWith({ checkpoint: { interval: '10ms' }, lookup: [sensor, site], aggregate }));
    harness.lookupTables = [hashTable('sensors'), hashTable('sites')];
    await harness.createTopic();
    hash.put('sensors', 'a', '{"limit":7,"site":"n"}');
    hash.put('sites', 'n', '3');
  });
  afterEach(() => harness.end());

  it('loads what each slice of records needs, later lookups by what earlier ones gave', async () => {
    await harness.own();
    await harness.produce(at(1), at(2), at(3, 1, 'unknown'));
    await waitUntil('two rows are there', () => values().length === 2);
    expect(values()).toEqual([
      { n: 2, limit: 7, zone: 3 },
      { n: 1, limit: null, zone: null },
    ]);
  });

  it('waits while Redis is away, says so, and loses nothing', async () => {
    const { read } = hash;
    hash.read = () => Promise.reject(new TransientError('Redis did not read the hash sensors: it is away'));
    const owner = await harness.own();
    await harness.produce(at(1), at(2));
    await waitUntil('the status says paused', () => owner.runner.status().state === 'paused');
    expect(owner.runner.status().reason).toBe('Redis did not read the hash sensors: it is away');
    expect(values()).toEqual([]);
    hash.read = read;
    await waitUntil('all is counted', () => values()[0]?.['n'] === 2);
    expect(owner.runner.status()).toMatchObject({
      state: 'running',
      tasks: [{ counts: { accepted: 2, filtered: 0 } }],
    });
  });

  it('fails with the reason when a table cannot be used any more', async () => {
    hash.read = () => Promise.reject(new Error('the table is gone for good'));
    const owner = await harness.own();
    await harness.produce(at(1));
    await waitUntil('the status says failed', () => owner.runner.status().state === 'failed');
    expect(owner.runner.status().reason).toBe('the table is gone for good');
  });
});
