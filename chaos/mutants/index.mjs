/** Statements of a method, as the compiler writes them. */
const lines = (...statements) => statements.join('\n        ');

/**
 * Ways to break the guarantees, each a change of the built service by exact text, and the faults that must bring it to light.
 * A text that is not found exactly once fails the run: then the code has changed, and the mutant must follow it.
 *
 * @typedef {{ file: string, from: string, to: string }} Change
 */
export const MUTANTS = [
  {
    name: 'fence-removed',
    says: 'the commit script takes the commits of every owner',
    kinds: ['replica paused, its heir killed'],
    changes: [
      {
        file: 'adapters/redis/scripts/commit.lua',
        from: 'if epoch ~= ARGV[1] or (number ~= commits + 1 and number ~= commits) then',
        to: 'if false then',
      },
      { file: 'adapters/redis/scripts/commit.lua', from: 'if number == commits then', to: 'if false then' },
    ],
  },
  {
    name: 'offset-before-sink',
    says: 'step 5 comes before step 4',
    kinds: ['Cassandra paused, replica killed'],
    changes: [
      {
        file: 'runtime/checkpoint.js',
        from: lines(
          'await this.sink(frozen, signal);',
          'const delta = await this.sinkOnce(frozen, signal);',
          'await this.commit({ ...frozen, commit: delta }, signal);',
        ),
        to: lines(
          'await this.commit(frozen, signal);',
          'await this.sink(frozen, signal);',
          'await this.sinkOnce(frozen, signal);',
        ),
      },
    ],
  },
  {
    name: 'revision-from-the-clock',
    says: 'a row has the time of its making as revision',
    kinds: ['Redis paused, killed with a replica', 'replica paused, its heir killed'],
    changes: [
      {
        file: 'core/task/pane-codec.js',
        from: 'return generation + 2n * changedAt + (final ? 1n : 0n);',
        to: 'return BigInt(Date.now()) * 1000n + (final ? 1n : 0n);',
      },
    ],
  },
  {
    name: 'sink-errors-swallowed',
    says: 'a sink that fails counts as written',
    kinds: ['Cassandra killed'],
    changes: [
      {
        file: 'runtime/checkpoint.js',
        from: 'await this.persist(sink.name, () => sink.write(rows, signal), signal);',
        to: 'await sink.write(rows, signal).catch(() => undefined);',
      },
    ],
  },
  {
    name: 'muting-off',
    says: 'a topic that shows each version once is sent again what the owner before has sent',
    kinds: ['Redis paused, killed with a replica'],
    changes: [
      {
        file: 'adapters/kafka/sent-rows.js',
        from: 'if (this.sent.size === 0)',
        to: 'if (true)',
      },
    ],
  },
  {
    name: 'dedupe-off',
    says: 'a record that was shuffled twice counts twice',
    kinds: ['Redis paused, killed with a replica'],
    changes: [
      {
        file: 'core/repartition/seen-sources.js',
        from: 'const isNew = !isMark && isBeyond(origin, seen);',
        to: 'const isNew = !isMark;',
      },
    ],
  },
];
