import { ConfigError } from '../../../../src/core/errors';
import { scheduleOf } from '../../../../src/ingestion/feeds/schedule';

const at = (text: string) => Date.parse(text);

describe('the schedule of a feed', () => {
  it('has its first poll at once', () => {
    expect(scheduleOf({ every: 30_000, cron: undefined, zone: 'UTC' }).after(0)).toBe(0);
    expect(scheduleOf({ every: undefined, cron: '5 * * * *', zone: 'UTC' }).after(0)).toBe(0);
  });

  it('has the next one an interval after the last', () => {
    expect(scheduleOf({ every: 30_000, cron: undefined, zone: 'UTC' }).after(1_000)).toBe(31_000);
  });

  it('has it at the times of a cron text, on the clocks of its zone', () => {
    const daily = scheduleOf({ every: undefined, cron: '30 6 * * *', zone: 'Asia/Kolkata' });
    expect(daily.after(at('2026-03-01T00:00:00Z'))).toBe(at('2026-03-01T01:00:00Z'));
    expect(daily.after(at('2026-03-01T01:00:00Z'))).toBe(at('2026-03-02T01:00:00Z'));
  });

  it('is refused when it cannot be kept', () => {
    expect(() => scheduleOf({ every: undefined, cron: 'now and then', zone: 'UTC' })).toThrow(ConfigError);
    expect(() => scheduleOf({ every: undefined, cron: '* * * * *', zone: 'Mars/Base' })).toThrow('in zone Mars/Base');
  });
});
