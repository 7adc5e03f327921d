import { z } from 'zod';
import { ConfigError, messageOf } from '../../core/errors';
import { BadItem } from '../../core/feeds/compiled-feed';
import type { FileFeedDefinition } from '../../core/feeds/feed-source-definition';
import type { FeedState } from '../../core/feeds/feed-state';
import type { Clock } from '../../core/ports/clock.port';
import { type FileRecord, RecordFile } from '../file-records';
import { FailedPoll } from './failed-poll';
import type { FeedSource, Poll } from './feed-source';
import { Quota } from './quota';

/** How many records of the file were taken, and how often all of them. */
const placeSchema = z.object({ records: z.int(), rounds: z.int() });
type Place = z.infer<typeof placeSchema>;

const START: Place = { records: 0, rounds: 0 };

interface Reading {
  readonly records: AsyncGenerator<FileRecord>;
  readonly bad: BadItem[];
  /** Taken of this opening of the file. */
  taken: number;
}

/** Records of a file at a rate, once or again and again. After a restart it goes on behind the last record stored. */
export class FileSource implements FeedSource {
  private readonly quota: Quota;
  private reading: Reading | undefined;

  constructor(
    private readonly definition: FileFeedDefinition,
    private readonly clock: Clock,
  ) {
    this.quota = new Quota(definition.rate);
  }

  dueAtMs({ cursor }: FeedState): number {
    const isAtEnd = !this.definition.loop && placeOf(cursor).rounds > 0;
    return isAtEnd ? Infinity : this.quota.dueAtMs;
  }

  async poll({ cursor }: FeedState, signal: AbortSignal): Promise<Poll | undefined> {
    const now = new Date(this.clock.now());
    const count = this.quota.takeAt(now.getTime());
    if (count === 0) return undefined;
    try {
      const { items, place } = await this.take(count, placeOf(cursor), signal);
      const page = { items, body: items, headers: {}, page: 0, cursor, now };
      return { pages: [page], moved: { cursor: place }, notBeforeMs: 0 };
    } catch (thrown) {
      await this.close();
      if (thrown instanceof ConfigError) throw new FailedPoll('unreachable', thrown.message);
      throw thrown;
    }
  }

  async close(): Promise<void> {
    const { reading } = this;
    this.reading = undefined;
    await reading?.records.return(undefined);
  }

  private async take(count: number, from: Place, signal: AbortSignal) {
    const items: unknown[] = [];
    let place = from;
    while (items.length < count && !signal.aborted) {
      const reading = await this.readingAt(place);
      const next = await reading.records.next();
      items.push(...reading.bad.splice(0));
      if (!next.done) {
        items.push(itemOf(next.value));
        place = { ...place, records: ++reading.taken };
        continue;
      }
      await this.close();
      place = { records: 0, rounds: place.rounds + 1 };
      // A file without any record would be opened again for ever.
      if (!this.definition.loop || items.length === 0) break;
    }
    return { items, place };
  }

  /** The file, behind the records that were taken before. */
  private async readingAt({ records }: Place): Promise<Reading> {
    if (this.reading?.taken === records) return this.reading;
    await this.close();
    const { path, format } = this.definition;
    const bad: BadItem[] = [];
    const file = new RecordFile({
      path,
      ...(format && { format }),
      onBadLine: (line, message) => bad.push(new BadItem('', `${path}:${line}: ${message}`)),
    });
    const reading: Reading = { records: file.records(), bad, taken: 0 };
    while (reading.taken < records && !(await reading.records.next()).done) reading.taken += 1;
    bad.length = 0;
    this.reading = reading;
    return reading;
  }
}

function placeOf(cursor: FeedState['cursor']): Place {
  return cursor === null ? START : placeSchema.parse(cursor);
}

function itemOf({ line, value }: FileRecord): unknown {
  const text = Buffer.from(value).toString();
  try {
    return JSON.parse(text);
  } catch (thrown) {
    return new BadItem(text, `line ${line} is no JSON: ${messageOf(thrown)}`);
  }
}
