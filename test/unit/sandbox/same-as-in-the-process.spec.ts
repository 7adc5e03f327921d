import { compilePipeline } from '../../../src/core/pipeline/compile';
import type { CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import { parsePipelines } from '../../../src/core/pipeline/parse';
import type { CatalogExtensions } from '../../../src/runtime/catalog-extensions';
import { TestDriver } from '../../../src/testing/test-driver';
import { aligned } from '../../support/aligned';
import { compiledExample, compiledPage, pipelineOf, type Twins, twinsOf } from '../../support/extension-twins';
import { seededRandom } from '../../support/random';
import { ModuleFolder } from '../../support/sandboxed-modules';
import { pipelineText } from '../core/pipeline/pipeline-text';

const CHECKS = `
  const { json, live, pipeline, topic, cel } = require('millrace');
  const { z } = require('zod');
  const Record = z.object({
    k: z.string().min(1), mail: z.email().optional(), at: z.iso.datetime().optional(), n: z.coerce.number().optional(),
    kind: z.enum(['a', 'b']).optional(), tags: z.array(z.string()).max(3).optional(),
    one: z.union([z.string(), z.number()]).optional(), more: z.record(z.string(), z.number()).optional(),
  }).refine(({ n = 0 }) => n < 100, 'n is too large').transform((r) => ({ ...r, k: r.k.toUpperCase() }));
  exports.pipelines = [pipeline('checks').from(topic('in', json(Record))).where((r) => r.k !== 'NO')
    .derive({ size: (r) => r.k.length, again: (r) => ({ list: [r.k, null], zero: 0 }), typed: cel('k + "!"') }).to(live())];
`;

const RECORDS = [
  { k: 'a', mail: 'x@example.org', at: '2026-01-01T00:00:00Z', n: '7', kind: 'b', tags: ['x'], one: 1, more: { z: 1 } },
  { k: 'no' },
  { k: 'naïve ☃ \ud83d\ude00 \ud800' },
  { k: '' },
  { k: 'b', n: 100 },
  { k: 'b', mail: 'nobody', kind: 'c', tags: ['1', '2', '3', '4'], one: null, more: { z: 'x' } },
  { k: 'b', at: 'yesterday', unknown: true },
  {},
  'no JSON at all',
];

describe('extensions in the sandbox give what they give in the process', () => {
  const folder = new ModuleFolder();
  let example: Twins;
  let page: Twins;
  let checks: Twins;
  beforeAll(async () => {
    example = await twinsOf(compiledExample(folder));
    page = await twinsOf(compiledPage(folder));
    checks = await twinsOf(folder.write('checks.cjs', CHECKS));
  });
  afterAll(() => folder.remove());

  const driven = (compiled: CompiledPipeline) =>
    new TestDriver({ name: compiled.name, definition: compiled.definition, compiled });

  const outcome = (compiled: CompiledPipeline, records: readonly unknown[]) => {
    const driver = driven(compiled);
    for (const record of records) driver.pipe(record as never, { timestamp: 0 });
    driver.close();
    return { rows: driver.rows(), late: driver.late(), deadLetters: driver.deadLetters() };
  };

  it.each(['example', 'page', 'checks'] as const)('the same pipelines, to the fingerprint: %s', (which) => {
    const { sandbox, process: inProcess } = { example, page, checks }[which];
    const told = ({ pipelines, refused, language }: CatalogExtensions) => ({
      pipelines: pipelines.map(({ compiled: { name, fingerprint, definition } }) => ({
        name,
        fingerprint,
        definition,
      })),
      refused,
      functions: language.functionNames,
      versions: language.versions,
    });
    expect(told(sandbox).pipelines.length).toBeGreaterThan(0);
    expect(told(sandbox)).toEqual(told(inProcess));
  });

  it('the same rows and dead letters of records that a schema checks and functions change', () => {
    const [inSandbox, inProcess] = [checks.sandbox, checks.process].map((each) =>
      outcome(pipelineOf(each, 'checks'), RECORDS),
    );
    expect(inSandbox!.rows).toHaveLength(2);
    expect(inSandbox!.deadLetters.length).toBe(6);
    expect(inSandbox).toEqual(inProcess);
  });

  it.each(['air-quality-by-the-hour', 'muggiest-of-the-day'])('the same rows of a stream in disorder: %s', (name) => {
    const random = seededRandom(7);
    const records = Array.from({ length: 400 }, (_, i) => ({
      location: ['a', 'b', 'c'][Math.floor(random() * 3)],
      observed_at: new Date(1_356_969_600_000 + i * 60_000 - Math.floor(random() * 4_000)).toISOString(),
      pm25: random() < 0.1 ? null : random() * 300 - 5,
      ...(random() < 0.7 ? { temperature: random() * 40 - 10, humidity: random() * 100 } : {}),
    }));
    const inSandbox = outcome(pipelineOf(example.sandbox, name), records);
    expect(inSandbox.rows.length).toBeGreaterThan(10);
    const inProcess = outcome(pipelineOf(example.process, name), records);
    expect(aligned(inSandbox, inProcess)).toEqual(inProcess);
  });

  it('the same for pipelines in YAML that call its aggregates and functions', () => {
    const yaml = pipelineText({
      derive: '  derive: { f: "fahrenheit(x)" }',
      aggregate: '  aggregate: { squares: "power_sum(f, 2)", cubes: "power_sum(x, 3)" }',
    });
    const records = [1, 2, -0, 1e300, 20].map((x) => ({ k: 'a', x, at: 1_600_000_000 }));
    const [inSandbox, inProcess] = [page.sandbox, page.process].map(({ language }) => {
      const { definitions, problems } = parsePipelines(yaml, 'f', language);
      expect(problems).toEqual([]);
      const compiled = compilePipeline(definitions[0]!, language);
      return { fingerprint: compiled.fingerprint, ...outcome(compiled, records) };
    });
    expect(inSandbox!.rows.length).toBeGreaterThan(0);
    expect(aligned(inSandbox, inProcess)).toEqual(inProcess);
  });

  it('the same mistakes of pipelines that call them wrongly', () => {
    const yaml = pipelineText({ aggregate: '  aggregate: { squares: "power_sum(x, 99)" }' });
    const [inSandbox, inProcess] = [page.sandbox, page.process].map(
      ({ language }) => parsePipelines(yaml, 'f', language).problems,
    );
    expect(inSandbox).toHaveLength(1);
    expect(inSandbox).toEqual(inProcess);
  });
});
