import type { PartitionQuery, PartitionReader, TableRow } from '../core/ports/partition-reader.port';
import { type CacheStore, partitionCacheKey } from '../core/ports/cache-store.port';
import { sliceOfPartition } from '../core/row/partition-rows';
import { ReadThroughCache } from './read-through-cache';

/** A partition with more rows is read from the table each time. */
const MOST_ROWS = 2_000;

/**
 * Reads tables with `cached: true` through the cache that their writes invalidate: a partition is loaded as a whole, and
 * every page of it is cut from that. As fresh as {@link ReadThroughCache}.
 */
export class CachedPartitions implements PartitionReader {
  private readonly cache: ReadThroughCache | undefined;

  constructor(
    private readonly table: PartitionReader,
    store: CacheStore | undefined,
  ) {
    this.cache = store && new ReadThroughCache({ store });
  }

  async read(query: PartitionQuery): Promise<readonly TableRow[]> {
    if (!this.cache) return this.table.read(query);
    const { table, partition, clustering, descending } = query;
    const key = partitionCacheKey(table, Object.values(partition));
    const text = await this.cache.read(key, async () => {
      const rows = await this.table.read({ table, partition, clustering, descending, limit: MOST_ROWS + 1 });
      return rows.length > MOST_ROWS ? TOO_LARGE : JSON.stringify(rows);
    });
    return text === TOO_LARGE ? this.table.read(query) : sliceOfPartition(JSON.parse(text) as TableRow[], query);
  }
}

const TOO_LARGE = '"too large"';
