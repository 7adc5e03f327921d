import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { latenessView } from '../../src/api/lateness-view';
import { pipelineSchema } from '../../src/core/pipeline/definition';
import { type Page, type Picture, readPage } from '../support/time-page/example';
import { type RunEvent, runExample } from '../support/time-page/example-run';
import { recordsOf, rowsText } from '../support/time-page/rows-text';
import { watermarkPicture } from '../support/time-page/watermark-picture';
import { windowPicture } from '../support/time-page/window-picture';

const DOCS = join(__dirname, '..', '..', 'docs');
const FILE = join(DOCS, 'time.md');
const text = readFileSync(FILE, 'utf8');

function drawn({ path, example }: Picture): string {
  return path.includes('watermark') ? watermarkPicture(example) : windowPicture(example);
}

/** Puts what the engine gives in place of what the page says; see `scripts/write-time-page.mjs`. */
function rewrite({ examples, pictures }: Page): void {
  let written = text;
  for (const example of examples.toReversed()) {
    const { rowsAt, rows } = example;
    written = written.slice(0, rowsAt) + rowsText(runExample(example)) + written.slice(rowsAt + rows.length);
  }
  writeFileSync(FILE, written);
  for (const picture of pictures) writeFileSync(join(DOCS, picture.path), drawn(picture));
}

if (process.env['MILLRACE_WRITE_TIME_PAGE'] !== undefined) rewrite(readPage(text));
const { examples, pictures } = readPage(readFileSync(FILE, 'utf8'));

describe('docs/time.md', () => {
  it.each(examples.map((example, i) => [i + 1, JSON.stringify(example.spec['window']), example] as const))(
    'shows the rows that the engine gives: example %i, %s',
    (_, __, example) => {
      expect(rowsText(runExample(example))).toBe(example.rows);
    },
  );

  it.each(pictures.map((picture) => [picture.path, picture] as const))(
    'shows %s as the engine cuts it',
    (path, picture) => {
      expect(readFileSync(join(DOCS, path), 'utf8')).toBe(drawn(picture));
    },
  );

  it('shows every picture of time that there is', () => {
    const files = readdirSync(join(DOCS, 'images')).filter((name) => name.startsWith('time-'));
    expect(pictures.map(({ path }) => path.replace('images/', '')).sort()).toEqual(files.sort());
  });

  it('has an example and a picture of every kind of window', () => {
    const shown = new Set(pictures.map(({ example }) => (example.spec['window'] as { kind: string }).kind));
    const kinds = ['calendar', 'count', 'cumulative', 'global', 'hopping', 'session', 'sliding', 'tumbling'];
    expect([...shown].sort()).toEqual(kinds);
  });

  it('says in words what the examples show', () => {
    const [byGrace, byOutOfOrderness, amended] = examples.map((example) => runExample(example).events);
    const onTime = (events: readonly RunEvent[]): readonly RunEvent[] => events.filter(({ late }) => !late);
    expect(onTime(byOutOfOrderness!)).toEqual(onTime(byGrace!));
    expect(latenessOf(byGrace!)).toBe(330_000);
    expect(text).toContain('it is late, by the 5 min 30 s since the end of its window');
    const [first, corrected] = amended!.filter(({ row }) => row && recordsOf(row).includes(1)).map(({ row }) => row!);
    expect(text).toContain(`so ${corrected!.revision} takes the place of ${first!.revision}`);
    const paced = runExample(examples.at(-1)!).events.find(({ row }) => row?.final);
    expect(text).toContain(`last changed by record 5, has revision ${paced!.row!.revision}`);
  });

  it('quotes advice as the API words it', () => {
    expect(text).toContain(`> ${adviceGiven()}\n`);
  });

  it('names the defaults of the schema', () => {
    const window = { kind: 'tumbling', size: '1m' };
    const source = { topic: 'readings', format: 'json' };
    const spec = { source, key: ['sensor'], window, aggregate: { n: 'count()' }, sinks: [{ live: {} }] };
    const parsed = pipelineSchema.parse({ apiVersion: 'millrace/v1', kind: 'Pipeline', metadata: { name: 'd' }, spec });
    const { time } = parsed.spec.source;
    expect(defaultsOfPage()).toEqual({
      'time.outOfOrderness': time.outOfOrderness,
      'window.grace': parsed.spec.window && 'grace' in parsed.spec.window ? parsed.spec.window.grace : undefined,
      'time.idleAfter': time.idleAfter,
      'time.advanceOn': time.advanceOn,
      late: parsed.spec.late,
      'emit.on': parsed.spec.emit.on,
      'emit.every': parsed.spec.emit.every,
      'checkpoint.interval': parsed.spec.checkpoint.interval,
    });
  });
});

function latenessOf(events: readonly RunEvent[]): number | undefined {
  return events.find(({ late }) => late)?.late?.latenessMs;
}

/** 1,000 records, 28 of them late, of which all but one by less than 12 s. */
function adviceGiven(): string {
  const figures = { records: 1_000, lateRecords: 28, p50Ms: 4_000, p99Ms: 11_900, maxMs: 60_000 };
  return latenessView({ ...figures, grace99Ms: 5_000, grace999Ms: 11_900 }, 1_000).advice;
}

/** Rows of the table of settings: name, then default, durations in ms. */
function defaultsOfPage(): Record<string, unknown> {
  const rows = text.matchAll(/^\| `(?<name>[\w.]+)`\s*\| `(?<value>[^`]+)`/gm);
  return Object.fromEntries([...rows].map(({ groups }) => [groups!['name']!, settingOf(groups!['value']!)] as const));
}

function settingOf(value: string): string | number {
  const [, count, unit] = /^(\d+)(ms|s)$/.exec(value) ?? [];
  return count === undefined ? value : Number(count) * (unit === 's' ? 1_000 : 1);
}
