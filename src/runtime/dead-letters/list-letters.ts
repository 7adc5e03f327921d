import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { isMeant, type LetterFilter } from './letter-filter';
import { type LetterPorts, LetterTopic } from './letter-topic';
import type { StoredLetter } from './stored-letter';

/** Where a page ended: letters before `offset` of this partition, and of later partitions, come next. */
export interface LetterCursor {
  readonly partition: number;
  readonly offset: bigint;
}

export interface LetterPage {
  readonly letters: readonly StoredLetter[];
  /** Absent at the end. A page may have few letters, or none, and yet a cursor: so far was looked. */
  readonly cursor?: LetterCursor;
}

export interface ListOptions extends LetterFilter {
  readonly limit: number;
  readonly cursor?: LetterCursor;
}

/** Letters that are held at once, each as large as a record may be. */
const CHUNK = 100n;
/** Letters of other keys, reasons and pipelines that one page goes over. */
const MAX_SCANNED = 10_000n;

/**
 * The letters of a pipeline, the newest first; of a topic with several partitions, one partition after the other.
 * Throws TransientError when the log cannot be reached.
 */
export async function listLetters(
  pipeline: CompiledPipeline,
  options: ListOptions,
  ports: LetterPorts,
): Promise<LetterPage> {
  const topic = new LetterTopic(pipeline, ports);
  const { limit, cursor } = options;
  const letters: StoredLetter[] = [];
  let scanned = 0n;
  for (const [partition, { earliest, end }] of await topic.extents()) {
    if (cursor && partition < cursor.partition) continue;
    let to = cursor?.partition === partition && cursor.offset < end ? cursor.offset : end;
    while (to > earliest) {
      if (scanned >= MAX_SCANNED) return { letters, cursor: { partition, offset: to } };
      const from = to - CHUNK > earliest ? to - CHUNK : earliest;
      for (const letter of await newestFirst(topic, partition, from, to)) {
        if (letters.length >= limit) return { letters, cursor: { partition, offset: letter.offset + 1n } };
        if (isMeant(letter, options)) letters.push(letter);
      }
      scanned += to - from;
      to = from;
    }
  }
  return { letters };
}

async function newestFirst(topic: LetterTopic, partition: number, from: bigint, to: bigint): Promise<StoredLetter[]> {
  const letters: StoredLetter[] = [];
  for await (const some of topic.read(partition, from, to)) letters.push(...some);
  return letters.reverse();
}
