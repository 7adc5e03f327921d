/* eslint-disable @typescript-eslint/require-await -- a twin is done at once; async makes what it throws a rejection */
import { MemoryLog } from '../../src/adapters/memory/memory-log';
import type { HeaderContent } from '../../src/core/ports/record-source.port';
import type { LogHarness, StoredRecord } from './record-producer.conformance';

const utf8 = new TextDecoder();
const textOf = (bytes: Uint8Array | null) => (bytes === null ? null : utf8.decode(bytes));
const headerText = (content: HeaderContent) => (typeof content === 'string' ? content : (textOf(content) ?? ''));

export async function openMemoryLog(): Promise<LogHarness> {
  const log = new MemoryLog({ now: () => 1_700_000_000_000 });
  return {
    producer: log,
    topics: log,
    async stored(topic) {
      const extents = await log.extents(topic);
      return [...extents.keys()].flatMap((partition) =>
        log
          .read(topic, partition, 0n, Infinity)
          .records.map(({ offset, timestampMs, key, value, headers }): StoredRecord => ({
            partition,
            offset,
            timestampMs,
            key: textOf(key),
            value: textOf(value),
            headers: Object.fromEntries(
              Object.entries(headers).map(([name, content]) => [name, [content].flat().map(headerText).join()]),
            ),
          })),
      );
    },
    async mirror(group, topic, nextOffsets, metadata) {
      for (const [partition, next] of nextOffsets) log.commitMirror(group, topic, partition, next, metadata);
    },
    close: async () => undefined,
  };
}
