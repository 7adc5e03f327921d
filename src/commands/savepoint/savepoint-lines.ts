import { z } from 'zod';
import type { SavedTask, TaskPart } from '../../core/ports/savepoint-store.port';
import type { TaskId } from '../../core/task/task-id';
import type { SavepointHeader, SavepointItem } from '../../runtime/savepoint/savepoint';

/** Of the lines below; a change that an older version cannot read makes it greater. */
export const FORMAT = 1;

/** Of the values of one line: a line stays far below what a reader takes at once. */
const MOST_BYTES = 1_048_576;

const offset = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
/** JSON has no infinity, which is what the watermark of a partition without records is. */
const moment = z.union([z.number(), z.literal('Infinity').transform(() => Infinity)]);
const ref = z.tuple([z.string(), z.string()]);

const source = z.strictObject({
  partition: z.int(),
  offset,
  index: z.int(),
  watermarkMs: moment,
  completeTo: offset.exactOptional(),
});
const progress = z.strictObject({
  ...{ nextOffset: offset, startOffset: offset, feedId: z.string() },
  ...{ streamTimeMs: z.number(), watermarkMs: z.number(), firstWindowStartMs: z.number(), closedMs: z.number() },
  counts: z.strictObject({ accepted: z.int(), filtered: z.int(), late: z.int(), dead: z.int() }),
  sources: z.array(source).exactOptional(),
});
const deployment = z.strictObject({
  ...{ generation: offset, fingerprint: z.string(), repartitioned: z.boolean() },
  partitions: z
    .int()
    .optional()
    .transform((count): number | undefined => count),
  definition: z.string().exactOptional(),
});

export const headerLine = z.strictObject({
  millrace: z.literal('savepoint'),
  format: z.int(),
  version: z.string(),
  pipeline: z.string(),
  savedAt: z.string(),
  deployment,
});
const taskLine = z.strictObject({
  task: z.strictObject({ pipeline: z.string(), partition: z.int() }),
  ...{ epoch: offset, commits: offset, generation: offset },
  progress,
});
const entriesLine = z.strictObject({ entries: z.array(z.tuple([z.string(), z.string(), z.base64()])) });
const pendingLine = z.strictObject({ pending: z.array(ref) });
export const endLine = z.strictObject({ end: z.strictObject({ lines: z.int(), sha256: z.string() }) });

/** The most frequent first: each is tried in turn. */
const bodyLine = z.union([entriesLine, taskLine, pendingLine]);

/** The header as text, without the end of its line. */
export function headerText({ pipeline, savedAt, deployment: inForce }: SavepointHeader, version: string): string {
  return text({ millrace: 'savepoint', format: FORMAT, version, pipeline, savedAt, deployment: inForce });
}

/** A part as the texts of its lines. */
export function* partTexts(id: TaskId, part: TaskPart): Generator<string> {
  switch (part.kind) {
    case 'task':
      yield text({ task: id, ...part.task });
      return;
    case 'pending':
      yield text({ pending: part.pending.map(({ segment, entry }) => [segment, entry]) });
      return;
    case 'entries': {
      let line: [string, string, string][] = [];
      let bytes = 0;
      for (const { segment, entry, value } of part.entries) {
        line.push([segment, entry, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')]);
        bytes += value.byteLength;
        if (bytes < MOST_BYTES) continue;
        yield text({ entries: line });
        [line, bytes] = [[], 0];
      }
      if (line.length > 0) yield text({ entries: line });
    }
  }
}

/** Reads the lines after the header, in their order. Throws ZodError for one that is none. */
export class BodyReader {
  private id: TaskId | undefined;

  read(line: unknown): SavepointItem {
    const found = bodyLine.parse(line);
    if ('task' in found) {
      const { task: id, ...task } = found;
      this.id = id;
      return { kind: 'part', id, part: { kind: 'task', task: task satisfies SavedTask } };
    }
    if (!this.id) throw new z.ZodError([{ code: 'custom', path: [], message: 'no task before it', input: undefined }]);
    return { kind: 'part', id: this.id, part: partOf(found) };
  }
}

function partOf(line: z.infer<typeof entriesLine> | z.infer<typeof pendingLine>): TaskPart {
  if ('pending' in line)
    return { kind: 'pending', pending: line.pending.map(([segment, entry]) => ({ segment, entry })) };
  const entries = line.entries.map(([segment, entry, value]) => {
    return { segment, entry, value: Buffer.from(value, 'base64') };
  });
  return { kind: 'entries', entries };
}

function text(line: object): string {
  return JSON.stringify(line, (_name, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    return value === Infinity ? 'Infinity' : value;
  });
}
