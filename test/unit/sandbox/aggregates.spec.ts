import fc from 'fast-check';
import type { AggregateDefinition } from '../../../src/core/aggregates/aggregate-definition';
import type { Aggregator } from '../../../src/core/aggregates/aggregator';
import { ByteReader, ByteWriter } from '../../../src/core/aggregates/bytes';
import { FatalError } from '../../../src/core/errors';
import { importerOf } from '../../../src/processing/module-importer';
import { accumulate, boundWithAny, type Sample, samplesOf } from '../../support/aggregate-samples';
import { aligned } from '../../support/aligned';
import { compiledExample, compiledPage } from '../../support/extension-twins';
import { ModuleFolder } from '../../support/sandboxed-modules';
import { pathToFileURL } from 'node:url';

/** Keeps all that it is told: values of each kind, tuples, places, the end of the window. */
const WITNESS = `
  const { anyArgument, defineAggregate, FatalError, numberArgument, presenceArgument, wholeNumber, ascendingNumbers } = require('millrace');
  class Witness {
    constructor(name, constants) { this.name = name; this.constants = constants; }
    init() { return { seen: [] }; }
    add(state, value, at) {
      if (value === 'bad') throw new FatalError('bad is what it says');
      if (value === 'odd') throw new TypeError('odd is no such thing');
      state.seen.push([Array.isArray(value) ? [...value] : value, at.timeMs, String(at.offset)]);
    }
    merge(into, from) { into.seen.push(...structured(from.seen)); }
    result(state, lastMs) { return { seen: structured(state.seen), last: lastMs ?? null, constants: this.constants }; }
    encode(state, writer) { writer.uint8(3); writer.text(JSON.stringify(state.seen)); writer.varint(state.seen.length); }
    decode(reader) {
      if (reader.uint8() !== 3) throw new FatalError('The state of witness is of another version');
      const seen = JSON.parse(reader.text());
      if (reader.varint() !== seen.length) throw new Error('lengths differ');
      return { seen };
    }
    sizeBytes(state) { return state.seen.reduce((sum, [value]) => sum + 100 + String(value).length, 64); }
  }
  const structured = (value) => JSON.parse(JSON.stringify(value));
  const witness = (name, ...parameters) => defineAggregate({
    name, version: 1, parameters, result: 'object', guarantee: 'exact', space: 'grows', create: (...constants) => new Witness(name, constants),
  });
  exports.aggregates = [
    witness('witness_any', anyArgument('x')),
    witness('witness_present', presenceArgument('x')),
    witness('witness_none', wholeNumber('k', 1, 9)),
    witness('witness_two', numberArgument('x'), anyArgument('y'), ascendingNumbers('bounds', 5)),
  ];
`;

/** Keeps as many bytes as it is told, the first and the last of them marked. */
const HEAVY = `
  const { defineAggregate, numberArgument } = require('millrace');
  class Heavy {
    name = 'heavy';
    init() { return { bytes: new Uint8Array(0) }; }
    add(state, more) {
      const bytes = new Uint8Array(state.bytes.length + more);
      bytes.set(state.bytes);
      bytes[0] = bytes[bytes.length - 1] = 1;
      state.bytes = bytes;
    }
    merge(into, from) { this.add(into, from.bytes.length); }
    result({ bytes }) { return bytes.length + bytes[0] + bytes[bytes.length - 1]; }
    encode({ bytes }, writer) { writer.varint(bytes.length); writer.raw(bytes); }
    decode(reader) { return { bytes: reader.raw(reader.varint()).slice() }; }
    sizeBytes({ bytes }) { return 64 + bytes.length; }
  }
  exports.aggregates = [defineAggregate({
    name: 'heavy', version: 1, parameters: [numberArgument('x')], result: 'number', guarantee: 'exact', space: 'grows',
    create: () => new Heavy(),
  })];
`;

describe('aggregates in the sandbox', () => {
  const folder = new ModuleFolder();
  afterAll(() => folder.remove());
  const definitions = async (path: string, isolation: 'sandbox' | 'process') => {
    const exported = (await importerOf(isolation)(pathToFileURL(path).href)) as { aggregates: AggregateDefinition[] };
    return exported.aggregates;
  };
  const MODULES = {
    example: compiledExample(folder),
    page: compiledPage(folder),
    witness: folder.write('witness.cjs', WITNESS),
  };
  const stored = (aggregator: Aggregator, accumulator: unknown): Uint8Array => {
    const writer = new ByteWriter();
    aggregator.encode(accumulator, writer);
    return writer.take();
  };
  const restored = (aggregator: Aggregator, bytes: Uint8Array) => aggregator.decode(new ByteReader(bytes));

  describe.each([
    ['example', 'geometric_mean'],
    ['page', 'power_sum'],
    ['witness', 'witness_any'],
    ['witness', 'witness_present'],
    ['witness', 'witness_none'],
    ['witness', 'witness_two'],
  ] as const)('%s: %s gives what it gives in the process', (module, name) => {
    let definition: AggregateDefinition;
    let sandbox: Aggregator;
    let inProcess: Aggregator;
    beforeAll(async () => {
      const named = (all: AggregateDefinition[]) => all.find((each) => each.name === name)!;
      definition = named(await definitions(MODULES[module], 'process'));
      inProcess = boundWithAny(definition);
      sandbox = boundWithAny(named(await definitions(MODULES[module], 'sandbox')));
    });

    it('as results, and as bytes of stored state', () => {
      fc.assert(
        fc.property(samplesOf(definition, 12), fc.option(fc.integer(), { nil: undefined }), (samples, lastMs) => {
          const here = accumulate(inProcess, samples);
          const there = accumulate(sandbox, samples);
          const expected = inProcess.result(here, lastMs);
          expect(aligned(sandbox.result(there as never, lastMs), expected)).toEqual(expected);
          const read = restored(inProcess, stored(sandbox, there));
          expect(aligned(read, here)).toEqual(here);
          const back = restored(sandbox, stored(inProcess, here));
          expect(stored(sandbox, back)).toEqual(stored(inProcess, here));
        }),
        { numRuns: 30 },
      );
    });

    it('after being merged, stored and read again, in any turn', () => {
      fc.assert(
        fc.property(samplesOf(definition, 8), samplesOf(definition, 8), (first, second) => {
          const outcome = (aggregator: Aggregator) => {
            const read = restored(aggregator, stored(aggregator, accumulate(aggregator, first)));
            const into = aggregator.init();
            aggregator.merge(into, read);
            const other = accumulate(aggregator, second);
            aggregator.merge(into, other);
            accumulate(aggregator, first, read);
            return [into, read, other, aggregator.init()].map((each) => [
              aggregator.result(each as never),
              restored(inProcess, stored(aggregator, each)),
            ]);
          };
          const expected = outcome(inProcess);
          expect(aligned(outcome(sandbox), expected)).toEqual(expected);
        }),
        { numRuns: 30 },
      );
    });

    it('from one reader with what else is in it', () => {
      const writer = new ByteWriter();
      const samples = fc.sample(samplesOf(definition, 5), { numRuns: 3, seed: 1 });
      for (const each of samples) inProcess.encode(accumulate(inProcess, each), writer);
      writer.uint8(7);
      const reader = new ByteReader(writer.take());
      const there = samples.map(() => sandbox.decode(reader));
      expect(reader.uint8()).toBe(7);
      const expected = samples.map((each) => inProcess.result(accumulate(inProcess, each) as never));
      const results = there.map((each) => sandbox.result(each as never));
      expect(aligned(results, expected)).toEqual(expected);
    });
  });

  describe('whatever their number', () => {
    const add = (aggregator: Aggregator, into: unknown, value: unknown, timeMs = 0) =>
      aggregator.add(into, value as never, { timeMs, offset: 5_000_000_000_000n });

    it('keep what was added to each, though few are in the sandbox at a time', async () => {
      const [definition] = await definitions(MODULES.example, 'sandbox');
      const mean = definition!.create([]) as Aggregator;
      const all = Array.from({ length: 2_000 }, () => mean.init());
      for (let round = 1; round <= 3; round++) all.forEach((each, i) => add(mean, each, i + round));
      const expected = (i: number) => Math.cbrt((i + 1) * (i + 2) * (i + 3));
      for (const i of [0, 1, 1_023, 1_024, 1_999]) {
        expect(mean.result(all[i] as never)).toBeCloseTo(expected(i), 6);
      }
      const merged = mean.init();
      for (const each of all) mean.merge(merged, each);
      expect(mean.result(merged as never)).toBeGreaterThan(100);
    });

    it('keep within the memory of the sandbox, though each is large', async () => {
      const { aggregates } = await folder.load<{ aggregates: AggregateDefinition[] }>('heavy.cjs', HEAVY, {
        memoryBytes: 32 * 2 ** 20,
      });
      const heavy = aggregates[0]!.create([]) as Aggregator;
      const all = Array.from({ length: 120 }, () => heavy.init());
      for (let round = 0; round < 2; round++) for (const each of all) add(heavy, each, 200_000);
      expect(all.map((each) => heavy.result(each as never))).toEqual(all.map(() => 400_002));
    });

    it('say their size', async () => {
      const [definition] = await definitions(MODULES.witness, 'sandbox');
      const witness = definition!.create([]) as Aggregator;
      const accumulator = witness.init();
      const empty = witness.sizeBytes!(accumulator);
      for (let i = 0; i < 10; i++) add(witness, accumulator, i);
      expect(witness.sizeBytes!(accumulator as never) - empty).toBeGreaterThanOrEqual(1_000);
      expect(witness.sizeBytes!(restored(witness, stored(witness, accumulator)) as never)).toBe(
        witness.sizeBytes!(accumulator as never),
      );
    });

    it('know offsets that no number holds', async () => {
      const [definition] = await definitions(MODULES.witness, 'sandbox');
      const witness = definition!.create([]) as Aggregator;
      const accumulator = witness.init();
      witness.add(accumulator, 'x' as never, { timeMs: -1.5, offset: 9_223_372_036_854_775_807n });
      expect(witness.result(accumulator as never)).toMatchObject({ seen: [['x', -1.5, '9223372036854775807']] });
    });
  });

  describe('throw what they throw', () => {
    const sample = (value: unknown): Sample => ({ value, timeMs: 0, offset: 1n });
    let witness: Aggregator;
    beforeAll(async () => {
      const [definition] = await definitions(MODULES.witness, 'sandbox');
      witness = definition!.create([]);
    });

    it('of its kind, with the message and the line', () => {
      expect(() => accumulate(witness, [sample('bad')])).toThrow(FatalError);
      expect(() => accumulate(witness, [sample('bad')])).toThrow(/^bad is what it says \(at witness\.cjs:7/);
      expect(() => accumulate(witness, [sample('odd')])).toThrow(/^odd is no such thing \(at witness\.cjs:8/);
      expect(() => accumulate(witness, [sample('odd')])).not.toThrow(FatalError);
    });

    it('for stored state of another version', () => {
      expect(() => restored(witness, Uint8Array.of(9))).toThrow(FatalError);
      expect(() => restored(witness, Uint8Array.of(3, 200))).toThrow(/\(at witness\.cjs:16/);
    });

    it('and keep what was there before', () => {
      const accumulator = accumulate(witness, [sample('first')]);
      expect(() => accumulate(witness, [sample('bad')], accumulator)).toThrow();
      expect(witness.result(accumulator as never)).toMatchObject({ seen: [['first', 0, '1']] });
    });
  });
});
