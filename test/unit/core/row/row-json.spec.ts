import type { Row } from '../../../../src/core/row/row';
import { rowText, toRowJson } from '../../../../src/core/row/row-json';

const window = { startMs: Date.UTC(2013, 0, 1), endMs: Date.UTC(2013, 0, 2), zone: 'UTC' };
const row: Row = {
  pipeline: 'p"1',
  key: { location: 'हैदराबाद "post"\n', n: 5 },
  keyText: 'k',
  window,
  values: { avg: 81.2, none: null, 'odd name': -0 },
  revision: 42n,
  final: false,
};

it.each<[string, Row]>([
  ['a row', row],
  ['a final row of the same window', { ...row, final: true, revision: 9_007_199_254_740_993n }],
  ['a row without a window', { ...row, window: undefined }],
  ['a row of a count window', { ...row, window: { ...window, index: 0 } }],
  ['a deleted row', { ...row, values: undefined }],
])('the text of %s is the JSON of its object', (_, given) => {
  expect(rowText(given)).toBe(JSON.stringify(toRowJson(given)));
});

it('looks as the interface says', () => {
  expect(rowText({ ...row, pipeline: 'p', key: { location: 'Beijing US Post' }, values: { avg_pm25: 81.2 } })).toBe(
    '{"pipeline":"p","key":{"location":"Beijing US Post"},"window":{"start":"2013-01-01T00:00:00.000Z",' +
      '"end":"2013-01-02T00:00:00.000Z"},"values":{"avg_pm25":81.2},"revision":"42","final":false}',
  );
});

it('shows the ordinal of count windows only', () => {
  const bounds = { start: '2013-01-01T00:00:00.000Z', end: '2013-01-02T00:00:00.000Z' };
  expect(toRowJson({ ...row, window: { ...window, index: 3 } }).window).toEqual({ ...bounds, index: 3 });
  expect(toRowJson(row).window).toEqual(bounds);
});
