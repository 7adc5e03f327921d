import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { Request } from 'express';
import { Needs } from '../../access/needs';
import type { JsonValue } from '../../core/json';
import { forecastView, parametersView } from '../../core/models/forecast-view';
import { type RowJson, toRowJson } from '../../core/row/row-json';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { type Pipelines, PIPELINES } from '../../runtime/pipelines';
import { parseRowParameters } from '../row-parameters';
import { requestText } from '../request-text';
import { RowsService } from '../rows.service';
import { PROBLEM_SCHEMA } from '../schemas';
import { parsePredictionRequest, predictionFor } from './model-prediction';
import { MODEL_LIST_SCHEMA, MODEL_SCHEMA, PREDICTION_REQUEST_SCHEMA, PREDICTION_SCHEMA } from './model-schemas';
import { type DeclaredModel, type ModelInstance, ModelsService, type WantedKey } from './models.service';

const MOST_BYTES = 64 * 1024;
/** A pipeline that reads the rows of a model, has its key and these aggregates, keeps its versions. */
const OF_VERSIONS = ['version', 'parameters'];

@ApiTags('models')
@Controller('v1/models')
export class ModelsController {
  constructor(
    private readonly models: ModelsService,
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    private readonly rows: RowsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Models that learn from records, one for each online_regression of a pipeline' })
  @ApiOkResponse({ schema: MODEL_LIST_SCHEMA })
  all(): object {
    return { models: this.models.all().map(declarationOf) };
  }

  @Get(':name')
  @ApiOperation({
    summary: 'What a model has learned of each key: errors beside the baselines, version, next prediction',
    description: 'With every field of the key given also the parameters, and the versions kept in the table.',
  })
  @ApiQuery({ name: 'key.*', required: false, description: 'Only instances whose key field has this text' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100), of instances and of versions' })
  @ApiOkResponse({ schema: MODEL_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  async one(@Param('name') name: string, @Query() query: Record<string, unknown>): Promise<object> {
    const model = this.models.named(name);
    const { key, limit } = parseRowParameters(query, model.pipeline.keyNames);
    if (model.pipeline.keyNames.every((field) => key.has(field))) return this.whole(model, key, limit);
    const instances = await this.models.instances(model, key, limit);
    return { ...declarationOf(model), instances: instances.map((instance) => instanceView(model, instance)) };
  }

  @Post(':name\\:predict')
  @Needs('read')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What the model predicts one step after a reading, without learning from it',
    description: 'What is left out is as in the newest reading: time, value, inputs.',
  })
  @ApiBody({ schema: PREDICTION_REQUEST_SCHEMA })
  @ApiOkResponse({ schema: PREDICTION_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  async predict(@Param('name') name: string, @Req() request: Request): Promise<object> {
    const model = this.models.named(name);
    const wanted = parsePredictionRequest(await requestText(request, MOST_BYTES));
    const key = new Map(Object.entries(wanted.key).map(([field, value]) => [field, String(value)]));
    const instance = await this.models.instance(model, key);
    const { learned } = instance.forecaster.parts.figures;
    const version = Math.floor(learned / model.aggregator.publishEvery);
    const prediction = predictionFor(instance.forecaster, wanted);
    return { model: model.name, key: instance.key, version, learned, ...prediction };
  }

  private async whole(model: DeclaredModel, key: WantedKey, limit: number): Promise<object> {
    const instance = await this.models.instance(model, key);
    const view = { ...instanceView(model, instance), parameters: parametersView(instance.forecaster) };
    return { ...declarationOf(model), instances: [view], versions: await this.versionsOf(model, key, limit) };
  }

  /** Rows of the pipeline that keeps versions; none where no such pipeline is there. */
  private async versionsOf(model: DeclaredModel, key: WantedKey, limit: number): Promise<readonly RowJson[]> {
    const pipeline = this.pipelines.all().find((candidate) => keepsVersionsOf(model, candidate));
    if (!pipeline) return [];
    const { rows } = await this.rows.page(pipeline, { key, limit });
    return rows.map(toRowJson);
  }
}

function keepsVersionsOf({ pipeline }: DeclaredModel, { definition, keyNames, aggregates }: CompiledPipeline): boolean {
  const reads = pipeline.sinks.some((sink) => sink.kind === 'kafka' && sink.topic === definition.spec.source.topic);
  const names = aggregates.map(({ name }) => name);
  return reads && keyNames.join() === pipeline.keyNames.join() && OF_VERSIONS.every((name) => names.includes(name));
}

function declarationOf({ name, pipeline, aggregate, aggregator }: DeclaredModel): object {
  const { description } = pipeline.definition.metadata;
  return {
    ...{ name, pipeline: pipeline.name, aggregate, key: pipeline.keyNames },
    ...(description !== undefined && { description }),
    call: pipeline.definition.spec.aggregate?.[aggregate],
    publishEvery: aggregator.publishEvery,
  };
}

function instanceView({ aggregator }: DeclaredModel, { key, forecaster }: ModelInstance): Record<string, JsonValue> {
  return { key, ...(forecastView(forecaster, aggregator.publishEvery) as Record<string, JsonValue>) };
}
