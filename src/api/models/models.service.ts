import { HttpStatus, Inject, Injectable } from '@nestjs/common';
import type { Forecaster } from '../../core/models/forecaster';
import { isModel, type ModelAggregator } from '../../core/models/online-regression';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { decodeKey, encodeKey } from '../../core/row/key';
import type { KeyFields } from '../../core/row/row';
import { segmentId } from '../../core/task/pane';
import { decodePaneContent } from '../../core/task/pane-codec';
import { GLOBAL_WINDOW } from '../../core/windows/global-window';
import { type Pipelines, PIPELINES } from '../../runtime/pipelines';
import { type Ports, PORTS } from '../../runtime/ports';
import { type CommittedTask, CommittedTasks } from '../committed-tasks';
import { matchesKey, typedKeys } from '../key-match';
import { badParameter, ProblemException, problemType } from '../problem-details';

/** An aggregate of a pipeline that learns; each key has an instance of it. */
export interface DeclaredModel {
  /** The pipeline's; with the aggregate's after a dot where the pipeline has several. */
  readonly name: string;
  readonly pipeline: CompiledPipeline;
  readonly aggregate: string;
  readonly aggregator: ModelAggregator;
  /** Its place among the aggregates of the pipeline. */
  readonly index: number;
}

/** What one key has learned, as committed. */
export interface ModelInstance {
  readonly key: KeyFields;
  readonly forecaster: Forecaster;
}

export type WantedKey = ReadonlyMap<string, string>;

/** Reads models from committed state, so that any replica answers for all keys. */
@Injectable()
export class ModelsService {
  constructor(
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly committed: CommittedTasks,
  ) {}

  all(): readonly DeclaredModel[] {
    return this.pipelines.all().flatMap(modelsOf);
  }

  /** Throws a 404 that names the known ones. */
  named(name: string): DeclaredModel {
    const models = this.all();
    const model = models.find((candidate) => candidate.name === name);
    if (model) return model;
    const known = models.map((candidate) => candidate.name);
    throw new ProblemException({
      type: problemType('unknown-model'),
      title: 'There is no such model',
      status: HttpStatus.NOT_FOUND,
      detail: `No model is called "${name}". ${known.length > 0 ? `Known ones: ${known.join(', ')}.` : 'No pipeline has one.'}`,
      known,
    });
  }

  /**
   * Instances of the wanted keys, at most `limit`; of all keys if nothing is wanted. Throws a 400 for a field that the key
   * does not have, TransientError.
   */
  async instances(model: DeclaredModel, wanted: WantedKey, limit: number): Promise<readonly ModelInstance[]> {
    const { keyNames } = model.pipeline;
    const unknown = [...wanted.keys()].find((name) => !keyNames.includes(name));
    if (unknown !== undefined) throw badParameter('key', `"${unknown}" is no field of it; ${keyNames.join(', ')} are.`);
    const found: ModelInstance[] = [];
    for (const task of await this.committed.of(model.pipeline)) {
      for await (const instance of this.instancesOf(task, model, wanted)) {
        if (found.length >= limit) return found;
        found.push(instance);
      }
    }
    return found;
  }

  /** The instance of one key. Throws a 404, a 400 unless every field of the key is given, TransientError. */
  async instance(model: DeclaredModel, wanted: WantedKey): Promise<ModelInstance> {
    const missing = model.pipeline.keyNames.find((name) => !wanted.has(name));
    if (missing !== undefined) throw badParameter('key', `Say which one is meant: key.${missing} is missing.`);
    const [instance] = await this.instances(model, wanted, 1);
    if (instance) return instance;
    throw new ProblemException({
      type: problemType('unknown-key'),
      title: 'The model knows no such key',
      status: HttpStatus.NOT_FOUND,
      detail: `${model.name} has learned nothing of ${[...wanted].map(([name, text]) => `${name} "${text}"`).join(', ')} yet.`,
    });
  }

  private async *instancesOf(
    { task, checkpoint }: CommittedTask,
    model: DeclaredModel,
    wanted: WantedKey,
  ): AsyncGenerator<ModelInstance> {
    const { stateStore } = this.ports;
    const entries = typedKeys(model.pipeline.keyNames, wanted)?.map(encodeKey);
    const segment = segmentId(GLOBAL_WINDOW);
    if (!checkpoint.segments.some(({ id }) => id === segment)) return;
    if (entries) {
      const refs = entries.map((entry) => ({ segment, entry }));
      const values = await stateStore.load(task, refs);
      return yield* refs.flatMap(({ entry }, i) => instanceOf(model, entry, values[i]));
    }
    for await (const page of stateStore.scan(task, segment)) {
      const found = page.flatMap(({ entry, value }) => instanceOf(model, entry, value));
      yield* found.filter(({ key }) => matchesKey(key, wanted));
    }
  }
}

/** Models of windows that close are forgotten with them: only those of a global window are instances that last. */
function modelsOf(pipeline: CompiledPipeline): DeclaredModel[] {
  if (pipeline.definition.spec.window?.kind !== 'global') return [];
  const models = pipeline.aggregates.flatMap(({ name: aggregate, aggregator }, index) =>
    isModel(aggregator) ? [{ pipeline, aggregate, aggregator, index }] : [],
  );
  const nameOf = (aggregate: string): string => (models.length === 1 ? pipeline.name : `${pipeline.name}.${aggregate}`);
  return models.map((model) => ({ ...model, name: nameOf(model.aggregate) }));
}

function instanceOf(
  { pipeline, aggregator, index }: DeclaredModel,
  keyText: string,
  value: Uint8Array | undefined,
): ModelInstance[] {
  if (!value) return [];
  const { accumulators } = decodePaneContent(pipeline, value);
  const forecaster = aggregator.forecasterOf(accumulators[index]);
  return forecaster ? [{ key: decodeKey(keyText, pipeline.keyNames), forecaster }] : [];
}
