import { pathToFileURL } from 'node:url';
import type { RecordCheck } from '../../../src/builder/record-check';
import { importerOf } from '../../../src/processing/module-importer';
import { ModuleFolder } from '../../support/sandboxed-modules';

/** Schemas that hold no code, which are checked outside. */
const DATA = [
  'z.string()',
  'z.string().min(2).max(3)',
  'z.string().nullable()',
  'z.string().nullish()',
  'z.number()',
  'z.number().nonnegative().lt(5)',
  'z.number().int().gt(-3).lte(7)',
  'z.number().multipleOf(0.5)',
  'z.boolean()',
  'z.null()',
  'z.unknown()',
  'z.any()',
  'z.array(z.number()).min(1).max(2)',
  'z.array(z.array(z.string()).nonempty())',
  'z.object({ a: z.string(), b: z.number().optional() })',
  'z.object({ a: z.string() }).partial()',
  'z.strictObject({ a: z.string() })',
  'z.looseObject({ a: z.string() })',
  'z.enum(["a", "b"])',
  'z.literal(["a", 1, null])',
  'z.union([z.string(), z.number(), z.null()])',
  'z.string().describe("text").meta({ unit: "m" })',
];

/** Those that hold some, and run in the sandbox. */
const CODE = [
  'z.string("no text")',
  'z.string().refine((s) => s.length !== 1, "one sign")',
  'z.string().trim().toUpperCase()',
  'z.string().regex(/^a+$/)',
  'z.string().transform((s) => s.length)',
  'z.string().default("none")',
  'z.string().catch("caught")',
  'z.coerce.number()',
  'z.int()',
  'z.email()',
  'z.url()',
  'z.url({ protocol: /^https$/, hostname: z.regexes.domain })',
  'z.ipv6()',
  'z.base64()',
  'z.jwt()',
  'z.uuid()',
  'z.iso.datetime({ offset: true })',
  'z.iso.date()',
  'z.record(z.string(), z.number())',
  'z.tuple([z.string(), z.number()])',
  'z.discriminatedUnion("a", [z.object({ a: z.literal("x") }), z.object({ a: z.literal("y"), b: z.string() })])',
  'z.preprocess((x) => String(x), z.string())',
  'z.lazy(() => z.string())',
  'z.object({ a: z.string() }).refine((r) => r.a !== "x", "not x")',
  'z.number().min(3, "too small")',
  'z.emoji()',
];

const VALUES = [
  ...[
    '',
    'a',
    'aa',
    'abcd',
    ' a ',
    'naïve ☃',
    '😀',
    '1',
    'x@example.org',
    'https://example.org/a?b',
    'ftp://x',
    'not a url',
  ],
  ...['::1', 'YWI=', 'YQ', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  ...['2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00+08:00', '2026-02-30'],
  ...[0, -0, 1, -3, 4.5, 5, 1e21, 2 ** 53, 0.3, true, false, null],
  ...[[], [1], [1, 2], [1, 2, 3], ['a', 1], [[]], [['a']], [null]],
  ...[{}, { a: 'x' }, { a: 'y', b: 'z' }, { a: 'x', b: 1, c: [] }, { a: 1 }, { a: null }, { b: 1 }],
  JSON.parse('{"a":"x","__proto__":{"b":1}}') as object,
];

describe('schemas of records', () => {
  const folder = new ModuleFolder();
  const checks: Record<'sandbox' | 'process', RecordCheck[]> = { sandbox: [], process: [] };
  beforeAll(async () => {
    const schemas = [...DATA, ...CODE].map((schema) => `z.object({ v: ${schema} })`);
    const path = folder.write(
      'schemas.cjs',
      `const { json, live, pipeline, topic } = require('millrace'); const { z } = require('zod');
       exports.pipelines = [${schemas.join(',\n')}].map((schema, i) => pipeline('p' + i).from(topic('in', json(schema))).to(live()));`,
    );
    for (const isolation of ['sandbox', 'process'] as const) {
      const exported = (await importerOf(isolation)(pathToFileURL(path).href)) as {
        pipelines: { model: { check: RecordCheck } }[];
      };
      checks[isolation] = exported.pipelines.map(({ model }) => model.check);
    }
  });
  afterAll(() => folder.remove());

  it.each([...DATA, ...CODE].map((schema, i) => [schema, i] as const))(
    'take and say in the sandbox what they do in the process: %s',
    (_schema, i) => {
      const [there, here] = [checks.sandbox[i]!, checks.process[i]!];
      const outcomes = ({ check }: RecordCheck) => [
        ...VALUES.map((v) => check({ v })),
        check({}),
        check(null),
        check([]),
      ];
      expect(outcomes(there)).toEqual(outcomes(here));
      expect(there.version).toBe(here.version);
    },
  );

  it('are checked outside of the sandbox where they hold no code', () => {
    const isOutside = ({ schema }: RecordCheck) => schema !== undefined;
    expect(DATA.filter((_, i) => !isOutside(checks.sandbox[i]!))).toEqual([]);
    expect(CODE.filter((_, i) => isOutside(checks.sandbox[DATA.length + i]!))).toEqual([]);
  });

  it('are checked inside where Zod was told to speak in other words', async () => {
    const url = pathToFileURL(
      folder.write(
        'words.cjs',
        `const { json, live, pipeline, topic } = require('millrace'); const { z } = require('zod');
         z.config({ customError: () => 'wrong, says the module' });
         exports.pipelines = [pipeline('p').from(topic('in', json(z.object({ v: z.string() })))).to(live())];`,
      ),
    ).href;
    const { pipelines } = (await importerOf('sandbox')(url)) as { pipelines: { model: { check: RecordCheck } }[] };
    expect(pipelines[0]!.model.check.check({ v: 1 })).toEqual({ fault: 'v: wrong, says the module' });
  });
});
