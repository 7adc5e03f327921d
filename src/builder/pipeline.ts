import type { Extensions } from '../core/pipeline/language';
import type { RecordFunction } from '../core/pipeline/record-function';
import type { AggregateSpec } from './aggregate-spec';
import { type Cel, celText } from './cel';
import { compileModel } from './compile-model';
import type { LookupOptions, TableSpec } from './lookups';
import type { PipelineModel } from './model';
import type { RecordCheck } from './record-check';
import { recordFunction } from './record-functions';
import type { SinkSpec } from './sinks';
import type { BuiltPipeline, Start } from './stages';
import type { WindowSpec } from './windows';

export interface PipelineOptions {
  readonly description?: string;
  /** What the pipeline's CEL calls besides the built-in functions and aggregates. */
  readonly extensions?: Pick<Extensions, 'aggregates' | 'functions'>;
}

/**
 * Begins a pipeline: `pipeline('daily').from(topic('readings', json(Reading))).where(...).by('location')
 * .window(calendar('day', { zone })).aggregate({ avg_pm25: avg('pm25') }).to(live())`. Each call gives a new pipeline
 * and leaves the one before as it is.
 */
export function pipeline(name: string, { description, extensions = {} }: PipelineOptions = {}): Start {
  const draft = new Draft({
    metadata: description === undefined ? { name } : { name, description },
    ...{ spec: {}, extensions, check: undefined, argumentFields: {} },
  });
  // Its methods take and give what the stages say: what each stage adds is in types alone.
  return draft as unknown as Start;
}

interface Parts extends Omit<PipelineModel, 'document'> {
  readonly metadata: PipelineModel['document']['metadata'];
  readonly spec: Readonly<Record<string, unknown>>;
}

type Derivation = string | Cel | ((record: never) => unknown);

/** All stages in one. */
class Draft {
  constructor(private readonly parts: Parts) {}

  get model(): PipelineModel {
    const { metadata, spec, extensions, check, argumentFields } = this.parts;
    const document = { apiVersion: 'millrace/v1', kind: 'Pipeline', metadata, spec } as const;
    return { document, extensions, check, argumentFields };
  }

  build(): BuiltPipeline {
    const compiled = compileModel(this.model);
    return { name: compiled.name, definition: compiled.definition, compiled };
  }

  from({ source, check }: { source: object; check: RecordCheck | undefined }): Draft {
    return this.with({ source }, { check });
  }

  lookup(as: string, { table }: TableSpec<unknown>, { on, ...options }: LookupOptions<string>): Draft {
    const earlier = (this.parts.spec['lookup'] as readonly object[] | undefined) ?? [];
    return this.with({ lookup: [...earlier, { ...table, as, on: celText(on), ...options }] });
  }

  where(condition: Derivation): Draft {
    const { text, functions } = expressionOf('where', 'bool', condition);
    return this.with({ where: text }, this.calling(functions));
  }

  derive(fields: Readonly<Record<string, Derivation>>): Draft {
    const derived = Object.entries(fields).map(([name, given]) => ({
      name,
      ...expressionOf(`derive_${name}`, 'dyn', given),
    }));
    const texts = Object.fromEntries(derived.map(({ name, text }) => [name, text]));
    const derive = { ...(this.parts.spec['derive'] as object | undefined), ...texts };
    return this.with({ derive }, this.calling(derived.flatMap(({ functions }) => functions)));
  }

  by(...key: readonly string[]): Draft {
    return this.with({ key });
  }

  window({ window }: WindowSpec): Draft {
    return this.with({ window });
  }

  aggregate(aggregates: Readonly<Record<string, AggregateSpec>>): Draft {
    const given = Object.entries(aggregates);
    const calls = Object.fromEntries(given.map(([name, { call }]) => [name, call]));
    const own = given.flatMap(([, { definition }]) => definition ?? []);
    const { extensions } = this.parts;
    return this.with(
      { aggregate: calls },
      {
        argumentFields: Object.fromEntries(given.map(([name, { fields }]) => [name, fields])),
        extensions: { ...extensions, aggregates: [...new Set([...(extensions.aggregates ?? []), ...own])] },
      },
    );
  }

  emit(emit: object): Draft {
    return this.with({ emit });
  }

  late(late: unknown): Draft {
    return this.with({ late });
  }

  onPoison(onPoison: string): Draft {
    return this.with({ onPoison });
  }

  errorBudget(errorBudget: object): Draft {
    return this.with({ errorBudget });
  }

  checkpoint(checkpoint: object): Draft {
    return this.with({ checkpoint });
  }

  onStateLoss(onStateLoss: string): Draft {
    return this.with({ onStateLoss });
  }

  to(...sinks: readonly SinkSpec[]): Draft {
    return this.with({ sinks: sinks.map(({ sink }) => sink) });
  }

  private with(spec: Readonly<Record<string, unknown>>, parts: Partial<Parts> = {}): Draft {
    return new Draft({ ...this.parts, ...parts, spec: { ...this.parts.spec, ...spec } });
  }

  private calling(functions: readonly RecordFunction[]): Partial<Parts> {
    const { extensions } = this.parts;
    const recordFunctions = [...(extensions.recordFunctions ?? []), ...functions];
    return { extensions: { ...extensions, recordFunctions } };
  }
}

/** What stands in the definition: the CEL, or the call of a function that is registered under a name of its place. */
function expressionOf(
  place: string,
  result: RecordFunction['result'],
  given: Derivation,
): { text: string; functions: RecordFunction[] } {
  if (typeof given !== 'function') return { text: celText(given), functions: [] };
  const name = `typescript_${place}`;
  return { text: `${name}()`, functions: [recordFunction(name, result, given)] };
}
