import { FatalError } from '../../../../src/core/errors';
import { compileColumnExpression } from '../../../../src/core/pipeline/column-expression';
import type { ColumnContext } from '../../../../src/core/pipeline/compiled-pipeline';

/** A day in Shanghai that is still last year in UTC. */
const row: ColumnContext = {
  key: { location: 'Beijing US Post', floor: 3 },
  window: { startMs: 1_356_969_600_000, endMs: 1_357_056_000_000, zone: 'Asia/Shanghai' },
  values: { avg_pm25: 81.5, readings: 24, nothing: null, worst: [1, 2] },
  revision: 1_700_000_000_000_001n,
  final: true,
};

const valueOf = (text: string, of: ColumnContext = row) => compileColumnExpression('c', text).evaluate(of);

describe('a column', () => {
  it.each([
    ['key.location', 'Beijing US Post'],
    ['key["location"]', 'Beijing US Post'],
    ['window.start', 1_356_969_600_000],
    ['window.end', 1_357_056_000_000],
    ['window.date', '2013-01-01'],
    ['window.year', 2013],
    ['avg_pm25', 81.5],
    ['nothing', null],
    ['worst', [1, 2]],
    ['revision', '1700000000000001'],
    ['final', true],
    ['avg_pm25 * 2', 163],
    ['avg_pm25 * readings', 1956],
    ['(window.end - window.start) / 3600000', 24],
    ['key.location + "/" + window.date', 'Beijing US Post/2013-01-01'],
    ['string(window.year) + revision', '20131700000000000001'],
    ['final ? "closed" : "open"', 'closed'],
    ['nothing == null ? -1 : nothing', -1],
    ['size(worst)', 2],
    ['7', 7],
  ])('%s is %p', (text, value) => expect(valueOf(text)).toEqual(value));

  it.each([
    ['key.location', true],
    ['key["location"] + window.date', true],
    ['window.start', true],
    ['avg_pm25', false],
    ['key.location + string(avg_pm25)', false],
    ['revision', false],
    ['final', false],
  ])('%s identifies the row: %p', (text, identifies) => {
    expect(compileColumnExpression('c', text)).toMatchObject({ text, identifiesRow: identifies });
  });

  it('gives the ordinal of a count window, and null for the other kinds', () => {
    const counted = (index: number): ColumnContext => ({ ...row, window: { ...row.window!, index } });
    expect([0, 1].map((index) => valueOf('window.index', counted(index)))).toEqual([0, 1]);
    expect(valueOf('"no " + string(window.index)', counted(7))).toBe('no 7');
    expect(valueOf('window.index')).toBeNull();
  });

  it('sees the fields of the record in a stateless pipeline, where everything identifies the row', () => {
    const record: ColumnContext = { key: {}, window: undefined, values: { id: 'a', n: 2 }, revision: 3n, final: true };
    const of = (text: string) => compileColumnExpression('c', text, { isStateless: true });
    const texts = ['id', 'id + "/" + string(n)', 'missing', 'missing == null', 'revision', 'window.start'];
    expect(texts.map((text) => of(text).evaluate(record))).toEqual(['a', 'a/2', null, true, '3', null]);
    expect(of('id').identifiesRow).toBe(true);
  });

  it('is null for what a row does not have', () => {
    const bare: ColumnContext = { ...row, window: undefined, values: undefined };
    expect(valueOf('window.start', bare)).toBeNull();
    expect(valueOf('window.index == null', bare)).toBe(true);
    expect(valueOf('window.date == null', bare)).toBe(true);
    expect(valueOf('avg_pm25', bare)).toBeNull();
    expect(valueOf('key.location', bare)).toBe('Beijing US Post');
  });

  it.each(['nothing * 2', 'avg_pm25 / 0', 'nothing + avg_pm25', '0.0 / (avg_pm25 - avg_pm25)'])(
    '%s is null: no data stops a pipeline',
    (text) => expect(valueOf(text)).toBeNull(),
  );

  it('stops the pipeline when the definition itself is wrong', () => {
    expect(() => valueOf('avg_pm25 * "2"')).toThrow(FatalError);
    expect(() => valueOf('avg_pm25 * "2"')).toThrow('column c: avg_pm25 * "2": no such overload');
  });

  it('is cut on the calendar of each window', () => {
    const utc = { ...row, window: { startMs: 1_356_969_600_000, endMs: 1_357_056_000_000, zone: 'UTC' } };
    expect([valueOf('window.date'), valueOf('window.date', utc)]).toEqual(['2013-01-01', '2012-12-31']);
  });
});
