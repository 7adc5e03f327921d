import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { parseByteSize } from '../../../../src/core/pipeline/byte-size';
import { durationText, LONGEST_DURATION_MS, parseDuration } from '../../../../src/core/pipeline/duration';

describe('durations', () => {
  it('agree with Temporal on ISO 8601', () => {
    const part = fc.nat(999);
    const parts = fc.record({ weeks: part, days: part, hours: part, minutes: part, seconds: part, milliseconds: part });
    fc.assert(
      fc.property(parts, (fields) => {
        const duration = Temporal.Duration.from(fields);
        const ms = duration.total({ unit: 'millisecond', relativeTo: '1970-01-01' });
        expect(parseDuration(duration.toString())).toBe(ms);
      }),
    );
  });

  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['0s', 0],
    ['1.5s', 1500],
    ['0.1h', 360_000],
    ['PT1H', 3_600_000],
    ['P1D', 86_400_000],
    ['P1DT12H', 129_600_000],
    ['PT0.25S', 250],
    ['36525d', LONGEST_DURATION_MS],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([
    '',
    '10',
    's',
    '-1s',
    '1 s',
    '1S',
    '1w',
    '1h30m',
    '0.5ms',
    'P',
    'PT',
    'P1DT',
    'P1Y',
    'P1M',
    '36526d',
    '1e3s',
  ])('refuses %p', (text) => expect(parseDuration(text)).toBeUndefined());
});

describe('sizes', () => {
  it.each([
    ['1B', 1],
    ['64KiB', 65_536],
    ['1MiB', 1_048_576],
    ['1MB', 1_000_000],
    ['1KB', 1000],
  ])('read %s', (text, size) => expect(parseByteSize(text)).toBe(size));

  it.each(['1', '1GB', '1.5MiB', '-1B', '1 MiB', 'MiB'])('refuse %p', (text) =>
    expect(parseByteSize(text)).toBeUndefined(),
  );
});

describe('a duration as text', () => {
  it.each([0, 1, 250, 1000, 90_000, 60_000, 5_400_000, 3_600_000, 86_400_000, 604_800_000, 86_400_001])(
    'of %d ms reads as itself',
    (ms) => expect(parseDuration(durationText(ms))).toBe(ms),
  );

  it('is in the largest unit that it is whole in', () => {
    expect([0, 1500, 90_000, 7_200_000, 604_800_000].map(durationText)).toEqual(['0s', '1500ms', '90s', '2h', '7d']);
  });
});
