import {
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  Optional,
  Param,
  Post,
  Query,
  StreamableFile,
} from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { badParameter } from '../api/problem-details';
import { limitOf, PAGE_LIMIT } from '../api/row-parameters';
import { PROBLEM_SCHEMA } from '../api/schemas';
import type { Job } from '../core/ports/work-queue.port';
import { type Ports, PORTS } from '../runtime/ports';
import { ExportFiles } from './export-files';
import { noFile, notDead, unknownJob } from './job-problems';
import { JOB_LIST_SCHEMA, JOB_SCHEMA } from './job-schemas';
import { fileOf, type JobView, jobView } from './job-view';

const NAMES = ['state', 'limit'];

@ApiTags('jobs')
@Controller('v1/jobs')
@ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
export class JobsController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Optional() private readonly files?: ExportFiles,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Exports and rebuilds, the newest first' })
  @ApiQuery({ name: 'state', required: false, enum: ['failed'], description: 'Dead letters only' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiOkResponse({ schema: JOB_LIST_SCHEMA })
  async list(@Query() query: Record<string, unknown>): Promise<{ jobs: readonly JobView[] }> {
    for (const [name, value] of Object.entries(query)) {
      if (!NAMES.includes(name)) throw badParameter(name, `It is not known here. Known ones: ${NAMES.join(', ')}.`);
      if (typeof value !== 'string') throw badParameter(name, 'It must be given once.');
    }
    const { state, limit } = query as { state?: string; limit?: string };
    if (state !== undefined && state !== 'failed') throw badParameter('state', 'Only failed can be asked for.');
    const jobs = await this.ports.workQueue.list(limitOf(limit, PAGE_LIMIT), state);
    return { jobs: jobs.map(jobView) };
  }

  @Get(':id')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'One job: its state, how far it is, its result or why it failed' })
  @ApiOkResponse({ schema: JOB_SCHEMA })
  async one(@Param('id') id: string): Promise<JobView> {
    return jobView(await this.find(id));
  }

  @Post(':id\\:retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Begins a job anew that failed for good' })
  @ApiConflictResponse({ schema: PROBLEM_SCHEMA })
  async retry(@Param('id') id: string): Promise<JobView> {
    const { state } = await this.find(id);
    if (!(await this.ports.workQueue.again(id))) throw notDead(id, state);
    return jobView(await this.find(id));
  }

  @Get(':id/file')
  @ApiOperation({ summary: 'The file of an export, from the process that wrote it or one that shares its folder' })
  async file(@Param('id') id: string): Promise<StreamableFile> {
    const job = await this.find(id);
    const name = fileOf(job);
    if (name === undefined) throw noFile(id, `it is ${job.state} and has written none.`);
    const stream = await this.files?.read(name);
    if (!stream) throw noFile(id, `${name} is in the folder of MILLRACE_EXPORTS of ${job.worker ?? 'its worker'}.`);
    const type = name.endsWith('.gz') ? 'application/gzip' : 'text/plain; charset=utf-8';
    return new StreamableFile(stream, { type, disposition: `attachment; filename="${name}"` });
  }

  private async find(id: string): Promise<Job> {
    const job = await this.ports.workQueue.find(id);
    if (!job) throw unknownJob(id);
    return job;
  }
}
