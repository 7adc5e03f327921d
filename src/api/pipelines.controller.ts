import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Needs } from '../access/needs';
import { parsePipelines } from '../core/pipeline/parse';
import { problemText } from '../core/pipeline/problem';
import { type Topology, topologyOf } from '../core/plan/topology';
import { Catalogue } from './catalogue';
import { CommittedTasks } from './committed-tasks';
import type { PipelineView, RefusedPipelineView } from './pipeline-view';
import { PipelineViews } from './pipeline-views.service';
import { unknownPipeline } from './problem-details';
import { requestText } from './request-text';
import { PIPELINE_LIST_SCHEMA, PIPELINE_SCHEMA, PROBLEM_SCHEMA, TOPOLOGY_SCHEMA, VALIDATION_SCHEMA } from './schemas';

const MAX_DEFINITION_BYTES = 1024 * 1024;
const FILE_NAME = 'request';

interface Validation {
  readonly valid: boolean;
  /** Names of the pipelines that were read. */
  readonly pipelines: readonly string[];
  readonly problems: readonly { line: number; column: number; message: string; text: string }[];
}

@ApiTags('pipelines')
@Controller('v1')
export class PipelinesController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly views: PipelineViews,
    private readonly committed: CommittedTasks,
  ) {}

  @Get('pipelines')
  @ApiOperation({ summary: 'All pipelines: definition, status, tasks, owners, watermark, lag' })
  @ApiOkResponse({ schema: PIPELINE_LIST_SCHEMA })
  async all(): Promise<{ pipelines: readonly (PipelineView | RefusedPipelineView)[] }> {
    return { pipelines: await this.views.all() };
  }

  @Get('pipelines/:name')
  @ApiOperation({ summary: 'One pipeline; a refused one with its problems' })
  @ApiOkResponse({ schema: PIPELINE_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  async one(@Param('name') name: string): Promise<PipelineView | RefusedPipelineView> {
    const view = await this.views.find(name);
    if (!view) throw unknownPipeline(name, this.catalogue.names());
    return view;
  }

  @Get('pipelines/:name/topology')
  @ApiOperation({ summary: "A record's way through the pipeline, as a graph and as Mermaid text" })
  @ApiOkResponse({ schema: TOPOLOGY_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  async topology(@Param('name') name: string): Promise<Topology> {
    const pipeline = this.catalogue.runnable(name);
    const tasks = await this.committed.tasksOf(pipeline);
    return topologyOf(pipeline, tasks.length, await this.committed.repartitionTopicOf(pipeline));
  }

  @Post('pipelines\\:validate')
  @Needs('read')
  @HttpCode(200)
  @ApiOperation({ summary: 'Checks definitions as `millrace validate` does' })
  @ApiConsumes('application/yaml', 'application/json', 'text/plain')
  @ApiBody({ schema: { type: 'string' }, description: 'YAML (several documents are allowed) or JSON' })
  @ApiOkResponse({ schema: VALIDATION_SCHEMA })
  async validate(@Req() request: Request): Promise<Validation> {
    const text = await requestText(request, MAX_DEFINITION_BYTES);
    const { definitions, problems } = parsePipelines(text, FILE_NAME, this.catalogue.language);
    return {
      valid: problems.length === 0,
      pipelines: definitions.map(({ metadata }) => metadata.name),
      problems: problems.map((problem) => ({
        line: problem.line,
        column: problem.column,
        message: problem.message,
        text: problemText(problem),
      })),
    };
  }
}
