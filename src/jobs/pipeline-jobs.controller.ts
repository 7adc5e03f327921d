import { Controller, HttpCode, Optional, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiBody,
  ApiConflictResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Catalogue } from '../api/catalogue';
import { badParameter } from '../api/problem-details';
import { timeOf } from '../api/row-parameters';
import { PROBLEM_SCHEMA } from '../api/schemas';
import type { JsonValue } from '../core/json';
import { ExportFiles } from './export-files';
import { EXPORT_KIND } from './export-job';
import { exportRequest } from './export-request';
import { noExports } from './job-problems';
import { EXPORT_BODY_SCHEMA, JOB_SCHEMA, REBUILD_BODY_SCHEMA } from './job-schemas';
import { type JobView, jobView } from './job-view';
import { JobsService } from './jobs.service';
import { REBUILD_KIND } from './rebuild-job';
import { requestBody } from './request-body';

const rebuildBody = z.strictObject({
  from: z.union([z.string(), z.number()]).optional(),
  acceptLostBeginning: z.boolean().default(false),
});

/** Long work on one pipeline: each request adds a job. */
@ApiTags('jobs')
@Controller('v1/pipelines/:name')
@ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
export class PipelineJobsController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly jobs: JobsService,
    @Optional() private readonly files?: ExportFiles,
  ) {}

  @Post('exports')
  @HttpCode(202)
  @ApiOperation({ summary: 'Writes the rows to a file in the folder of MILLRACE_EXPORTS' })
  @ApiBody({ schema: EXPORT_BODY_SCHEMA, required: false })
  @ApiAcceptedResponse({ schema: JOB_SCHEMA, description: 'Location names the job' })
  @ApiConflictResponse({ schema: PROBLEM_SCHEMA, description: 'MILLRACE_EXPORTS is not set' })
  async export(
    @Param('name') name: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobView> {
    const pipeline = this.catalogue.runnable(name);
    if (!this.files) throw noExports();
    const { fromMs, toMs, ...input } = exportRequest(name, pipeline.keyNames, await requestBody(request));
    const bounds = { ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) };
    return this.added(EXPORT_KIND, { ...input, ...bounds }, response);
  }

  @Post('rebuilds')
  @HttpCode(202)
  @ApiOperation({ summary: 'Computes the pipeline anew beside the version in force, and lets it take over' })
  @ApiBody({ schema: REBUILD_BODY_SCHEMA, required: false })
  @ApiAcceptedResponse({ schema: JOB_SCHEMA, description: 'Location names the job' })
  async rebuild(
    @Param('name') name: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobView> {
    const pipeline = this.catalogue.runnable(name);
    const parsed = rebuildBody.safeParse(await requestBody(request));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw badParameter(issue?.path.join('.') || 'body', `${issue?.message ?? 'It is wrong'}.`);
    }
    const fromMs = timeOf('from', parsed.data.from?.toString());
    const acceptsLostBeginning = parsed.data.acceptLostBeginning;
    const input = { pipeline: pipeline.name, ...(fromMs !== undefined && { fromMs }), acceptsLostBeginning };
    return this.added(REBUILD_KIND, input, response);
  }

  private async added(kind: string, input: JsonValue, response: Response): Promise<JobView> {
    const job = await this.jobs.add(kind, input);
    response.location(`/v1/jobs/${job.id}`);
    return jobView(job);
  }
}
