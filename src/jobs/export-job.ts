import type { RowsService } from '../api/rows.service';
import { ConfigError } from '../core/errors';
import type { JsonValue } from '../core/json';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { JobHandler, JobRun } from '../runtime/jobs/job-handler';
import type { Pipelines } from '../runtime/pipelines';
import type { ExportFiles } from './export-files';
import { csvLines, type ExportLines, ndjsonLines } from './export-lines';
import { type ExportInput, exportInput } from './export-request';

export const EXPORT_KIND = 'export';

const PAGE_ROWS = 1_000;

/**
 * Writes the rows of a pipeline to a file: open windows, then closed ones, the newest revision of each. A window that closes
 * meanwhile is there twice, the second time with the greater revision. Done again it writes the file anew.
 */
export class ExportJob implements JobHandler {
  readonly kind = EXPORT_KIND;

  constructor(
    private readonly pipelines: Pick<Pipelines, 'get'>,
    private readonly rows: Pick<RowsService, 'page'>,
    private readonly files: ExportFiles | undefined,
  ) {}

  async run(given: JsonValue, run: JobRun): Promise<JsonValue> {
    const input = exportInput.parse(given);
    const pipeline = this.pipelines.get(input.pipeline);
    if (!pipeline) throw new ConfigError(`There is no pipeline ${input.pipeline}, or its definition was refused`);
    if (!this.files) throw new ConfigError('MILLRACE_EXPORTS names no folder in the process that took the job');
    const written: Written = { rows: 0 };
    const file = `${input.pipeline}-${run.id}.${input.format}${input.gzip ? '.gz' : ''}`;
    const bytes = await this.files.write(file, this.text(pipeline, input, written, run), input.gzip, run.signal);
    const { rows, note } = written;
    return { file, rows, bytes, ...(note !== undefined && { note }) };
  }

  private async *text(
    pipeline: CompiledPipeline,
    { format, key, fromMs, toMs }: ExportInput,
    written: Written,
    run: JobRun,
  ): AsyncGenerator<string> {
    const lines: ExportLines = format === 'csv' ? csvLines(pipeline) : ndjsonLines;
    if (lines.head !== '') yield lines.head;
    const bounds = { ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) };
    const wanted = { key: new Map(Object.entries(key)), limit: PAGE_ROWS, ...bounds };
    let cursor: string | undefined;
    do {
      run.signal.throwIfAborted();
      const page = await this.rows.page(pipeline, { ...wanted, ...(cursor !== undefined && { cursor }) });
      if (page.rows.length > 0) yield page.rows.map((row) => lines.line(row)).join('');
      written.rows += page.rows.length;
      if (page.note !== undefined) written.note = page.note;
      run.progress({ rows: written.rows });
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}

interface Written {
  rows: number;
  /** Why rows of closed windows are missing. */
  note?: string;
}
