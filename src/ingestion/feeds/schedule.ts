import { Cron } from 'croner';
import { ConfigError, messageOf } from '../../core/errors';
import type { HttpPollDefinition } from '../../core/feeds/feed-source-definition';

/** When polls are due by the clock. */
export interface Schedule {
  /** The first time after `lastMs` (0 for never) at which a poll is due, epoch ms. */
  after(lastMs: number): number;
}

/** Throws ConfigError for a `cron` that cannot be read, or a zone that does not exist. */
export function scheduleOf({ every, cron, zone }: Pick<HttpPollDefinition, 'every' | 'cron' | 'zone'>): Schedule {
  if (cron === undefined) return { after: (lastMs) => (lastMs === 0 ? 0 : lastMs + every!) };
  const times = cronTimes(cron, zone);
  return {
    after: (lastMs) => (lastMs === 0 ? 0 : (times.nextRun(new Date(lastMs))?.getTime() ?? Infinity)),
  };
}

function cronTimes(cron: string, zone: string): Cron {
  try {
    const times = new Cron(cron, { timezone: zone, paused: true });
    // A zone is looked at when a time is asked for.
    times.nextRun();
    return times;
  } catch (thrown) {
    throw new ConfigError(`cron "${cron}" in zone ${zone}: ${messageOf(thrown)}`);
  }
}
