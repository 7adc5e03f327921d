import { Injectable } from '@nestjs/common';
import { AwaitedRecords } from './awaited-records';
import { Catalogue } from './catalogue';
import { badParameter } from './problem-details';
import { awaitParameters } from './record-token';
import { parseRowParameters, type RowParameters, timeOf } from './row-parameters';
import { type RowsPage, RowsService } from './rows.service';
import { holds, startsAround } from './windows-at';

/** Questions for rows, in the words of `GET /v1/pipelines/{name}/rows`, by whatever way they come. */
@Injectable()
export class RowQuestions {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly rows: RowsService,
    private readonly awaited: AwaitedRecords,
  ) {}

  /**
   * One page. Waits for the records of `after`. Throws a 404 for a pipeline that is not there, a 400 that names the parameter, a 504
   * when the records of `after` are not processed in time, and TransientError.
   */
  async page(name: string, { after, timeout, at, ...query }: Readonly<Record<string, unknown>>): Promise<RowsPage> {
    const pipeline = this.catalogue.runnable(name);
    const wanted = parseRowParameters(query, pipeline.keyNames);
    const atMs = instantOf(at, wanted);
    await this.awaited.reflectedIn(pipeline, awaitParameters(after, timeout));
    const range = atMs === undefined ? wanted : { ...wanted, ...startsAround(pipeline, atMs) };
    const page = await this.rows.page(pipeline, range);
    const note = page.note ?? noteOf(page, wanted);
    const rows = atMs === undefined ? page.rows : page.rows.filter((row) => holds(pipeline, row, atMs));
    return { ...page, rows, ...(note !== undefined && { note }) };
  }
}

function instantOf(at: unknown, { fromMs, toMs }: RowParameters): number | undefined {
  if (at === undefined) return undefined;
  if (typeof at !== 'string') throw badParameter('at', 'It must be given once.');
  if (fromMs === undefined && toMs === undefined) return timeOf('at', at);
  throw badParameter('at', 'Give either "at", for the windows that hold a time, or "from" and "to".');
}

/** A key that nothing is known of is more often a slip than a question. */
function noteOf({ rows, cursor }: RowsPage, { key, cursor: given }: RowParameters): string | undefined {
  if (rows.length > 0 || cursor !== undefined || given !== undefined || key.size === 0) return undefined;
  const asked = [...key].map(([name, text]) => `${name}=${text}`).join(', ');
  return `No row has the key ${asked} in this range. Keys are case-sensitive; without "key.*" the rows of all keys come.`;
}
