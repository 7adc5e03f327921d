import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { PipelineModel } from '../builder/model';
import { type RecordCheck, zodCheck } from '../builder/record-check';
import type { AggregateDefinition } from '../core/aggregates/aggregate-definition';
import type { Parameter } from '../core/aggregates/parameter';
import { ConfigError } from '../core/errors';
import type { FunctionDefinition } from '../core/pipeline/function-definition';
import type { RecordFunction } from '../core/pipeline/record-function';
import { AccumulatorPlaces } from './accumulator-places';
import { celKinds } from './cel-kinds';
import { described } from './description';
import { DEFAULT_LIMITS, Engine, type EngineLimits } from './engine';
import { guestCode } from './guest-code';
import { GuestCalls } from './guest-calls';
import { loadModule } from './load-module';
import { ModuleFiles } from './module-files';
import { schemaFrom } from './outside-schema';
import { SandboxedAggregator } from './sandboxed-aggregator';
import { urlParser } from './url-parser';
import { decodeValue } from './values';

/** Of the memory; the rest is for the engine, for Zod and for what functions work with. */
const SHARE_OF_ACCUMULATORS = 4;

/**
 * Loads a module in a sandbox of its own and resolves with what it exports: data, and functions that run in the sandbox
 * when they are called. Rejects with what keeps it from being loaded.
 */
export async function sandboxedModule(url: string, limits: EngineLimits = DEFAULT_LIMITS): Promise<unknown> {
  const files = new ModuleFiles(fileURLToPath(url));
  const { engine, buffer } = await Engine.start(files.entry, limits);
  const guest = engine.evaluate(guestCode(), 'guest.js');
  engine.run(guest, 'share', buffer);
  engine.run(guest, 'parseUrlsBy', urlParser(engine.context));
  const exported = loadModule(engine, files, guest);
  const text = engine.textOf(engine.run(guest, 'describe', exported));
  const parsed = described.safeParse(decodeValue(text, celKinds));
  if (!parsed.success)
    throw new ConfigError(`what it exports is not what millrace makes: ${z.prettifyError(parsed.error)}`);
  const calls = new GuestCalls(engine, guest);
  const places = new AccumulatorPlaces(calls, limits.memoryBytes / SHARE_OF_ACCUMULATORS);
  return new Exports(calls, places, parsed.data).all();
}

type Parsed = z.output<typeof described>;
type ParsedAggregate = Parsed['table']['aggregates'][number];
type ParsedPipeline = Exclude<NonNullable<Exclude<Parsed['pipelines'], 'no list'>>[number], null>;

const checked = z.union([z.object({ fields: z.record(z.string(), z.unknown()) }), z.object({ fault: z.string() })]);
const created = z.object({ name: z.string(), aggregator: z.number().int().nonnegative() });

/** What is nothing of ours has nothing of it, and is refused as without a sandbox. */
const NOTHING = {};

/** Makes, once each, what stands outside for the parts of a module. */
class Exports {
  private readonly functions: readonly FunctionDefinition[];
  private readonly aggregates: readonly AggregateDefinition[];

  constructor(
    private readonly calls: GuestCalls,
    private readonly places: AccumulatorPlaces,
    private readonly parsed: Parsed,
  ) {
    this.functions = parsed.table.functions.map(({ call, version, ...rest }) => {
      return { ...rest, version, call: (...args: unknown[]) => this.calls.function(call, args) };
    });
    this.aggregates = parsed.table.aggregates.map((aggregate) => this.aggregate(aggregate));
  }

  all(): object {
    const { pipelines, aggregates, functions } = this.parsed;
    return {
      ...listed('pipelines', pipelines, (pipeline) => ({ model: this.model(pipeline) })),
      ...listed('aggregates', aggregates, (number) => this.aggregates[number]),
      ...listed('functions', functions, (number) => this.functions[number]),
    };
  }

  private aggregate({ description, parameters, create }: ParsedAggregate): AggregateDefinition {
    return {
      ...(description as Omit<AggregateDefinition, 'parameters' | 'create'>),
      parameters: parameters.map((parameter) => this.parameter(parameter)),
      create: (constants) => {
        const { name, aggregator } = created.parse(this.calls.function(create, [constants]));
        return new SandboxedAggregator(name, aggregator, this.calls, this.places);
      },
    };
  }

  private parameter(parameter: ParsedAggregate['parameters'][number]): Parameter {
    if (parameter.of === 'record') return parameter;
    const { read, ...rest } = parameter;
    return { ...rest, read: (literal) => this.calls.function(read, [literal]) };
  }

  private model({ document, argumentFields, ...parts }: ParsedPipeline): PipelineModel {
    const functions = parts.functions.map((number) => (number === null ? NOTHING : this.functions[number]));
    const aggregates = parts.aggregates.map((number) => (number === null ? NOTHING : this.aggregates[number]));
    const recordFunctions = parts.recordFunctions.map(({ call, ...rest }): RecordFunction => {
      return { ...rest, call: (fields) => this.calls.function(call, [fields]) };
    });
    return {
      document: document,
      argumentFields,
      check: parts.check && this.check(parts.check),
      extensions: {
        functions: functions as FunctionDefinition[],
        aggregates: aggregates as AggregateDefinition[],
        recordFunctions,
      },
    };
  }

  /** A schema without code needs no sandbox. */
  private check({ version, call, schema }: NonNullable<ParsedPipeline['check']>): RecordCheck {
    if (schema) return zodCheck(schemaFrom(schema) as z.ZodType<object>, version);
    return { version, check: (fields) => checked.parse(this.calls.function(call, [fields])) };
  }
}

function listed<Part>(
  name: string,
  list: readonly (Part | null)[] | 'no list' | undefined,
  made: (part: Part) => unknown,
): object {
  if (list === undefined) return {};
  return { [name]: list === 'no list' ? NOTHING : list.map((part) => (part === null ? NOTHING : made(part))) };
}
