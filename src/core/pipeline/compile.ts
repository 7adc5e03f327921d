import { csvDecoder } from '../decoding/csv-decoder';
import type { Decoder } from '../decoding/decoder';
import { SchemaDecoders } from '../decoding/schema-decoders';
import { eventTimeOf, recordTimeOf } from '../decoding/event-time';
import { jsonDecoder } from '../decoding/json-decoder';
import { ConfigError } from '../errors';
import { takingPartials } from '../repartition/partial-aggregator';
import { createWindowAssigner } from '../windows/create-window-assigner';
import { ZonedCalendarWindowAssigner } from '../windows/zoned-calendar-window';
import { compileArgument } from './aggregate-argument';
import { parseAggregateCall } from './aggregate-call';
import { compileFilter } from './compile-filter';
import { compileKey } from './compile-key';
import { compileLookups } from './compile-lookups';
import { compileSink } from './compile-sink';
import type { CompiledAggregate, CompiledPipeline } from './compiled-pipeline';
import type { PipelineDefinition, WindowDefinition } from './definition';
import { fieldReader, pathReader } from './field-reader';
import { usedVersions } from './extension-versions';
import { fingerprintOf } from './fingerprint';
import { schemaReadingOf } from './schema-reading';
import { type Language, STANDARD_LANGUAGE } from './language';
import { poison } from './poison';
import { repartitionOf } from './repartition-definition';

type Source = PipelineDefinition['spec']['source'];

/** Turns a definition that `parsePipelines` found right into closures. Throws for expressions that do not parse. */
export function compilePipeline(
  definition: PipelineDefinition,
  language: Language = STANDARD_LANGUAGE,
): CompiledPipeline {
  const { source, key = [], window, emit, sinks, late } = definition.spec;
  const { outOfOrderness, idleAfter, advanceOn } = source.time;
  const { decode, schemas } = compileDecoder(source);
  const versions = usedVersions(definition, language);
  return {
    name: definition.metadata.name,
    definition,
    fingerprint: fingerprintOf(definition, versions),
    versions,
    decode: (record) => {
      try {
        return decode(schemas ? record.value : (record.asciiValue ?? record.value));
      } catch (thrown) {
        throw poison(thrown, 'not-decodable', 'the value');
      }
    },
    ...(schemas && { schemas }),
    personal: source.personal ?? [],
    eventTimeMs: compileEventTime(source.time.field),
    lookups: compileLookups(definition.spec.lookup ?? [], language),
    accepts: compileFilter(definition.spec, language),
    keyValues: compileKey(key),
    keyNames: key,
    windows: window && createWindowAssigner(window),
    zoneOf: compileZone(window),
    graceMs: window && 'grace' in window ? window.grace : 0,
    amendMs: typeof late === 'object' && 'amend' in late ? late.amend : 0,
    lateTopic: typeof late === 'object' && 'topic' in late ? late.topic : undefined,
    outOfOrdernessMs: outOfOrderness,
    idleAfterMs: idleAfter === 'never' ? undefined : idleAfter,
    advanceOn,
    ...compileAggregates(definition.spec, language),
    emitOnUpdate: emit.on === 'update' || emit.on === 'both',
    emitOnClose: emit.on === 'close' || emit.on === 'both',
    emitOnRecord: emit.on === 'record',
    emitEveryMs: emit.every,
    sinks: sinks.map((sink) => compileSink(sink, { language, isStateless: window === undefined })),
  };
}

function compileDecoder(source: Source): { readonly decode: Decoder; readonly schemas?: SchemaDecoders } {
  const reading = schemaReadingOf(source);
  if (!reading) return { decode: plainDecoder(source) };
  const schemas = new SchemaDecoders(reading, source.maxRecordBytes);
  return { schemas, decode: (value) => schemas.decode(value) };
}

function plainDecoder({ format, csv, maxRecordBytes }: Source): Decoder {
  return format === 'json' ? jsonDecoder(maxRecordBytes) : csvDecoder(csv?.columns ?? [], maxRecordBytes);
}

function compileEventTime(field: string | undefined): CompiledPipeline['eventTimeMs'] {
  if (field === undefined) return (_fields, record) => recordTimeOf(record.timestampMs);
  const read = pathReader(field);
  return (fields) => {
    try {
      return eventTimeOf(read(fields), field);
    } catch (thrown) {
      throw poison(thrown, 'bad-time', `time field "${field}"`);
    }
  };
}

function compileZone(window: WindowDefinition | undefined): CompiledPipeline['zoneOf'] {
  if (window?.kind !== 'calendar' || window.zoneField === undefined) return () => '';
  const assigner = new ZonedCalendarWindowAssigner(window.unit, window.zoneField);
  const read = fieldReader(window.zoneField);
  return (fields) => assigner.zoneOf(read(fields));
}

function compileAggregates(
  spec: PipelineDefinition['spec'],
  language: Language,
): Pick<CompiledPipeline, 'aggregates' | 'partials'> {
  const aggregates = Object.entries(spec.aggregate ?? {}).map(([name, text]) => compileAggregate(name, text, language));
  const { partialRange } = repartitionOf(spec);
  if (partialRange === undefined) return { aggregates };
  const range = BigInt(partialRange);
  return {
    aggregates: aggregates.map((one) => ({ ...one, aggregator: takingPartials(one.aggregator, range) })),
    partials: { range, aggregates },
  };
}

function compileAggregate(name: string, text: string, language: Language): CompiledAggregate {
  const call = parseAggregateCall(text, language);
  if (!('aggregator' in call)) throw new ConfigError(`spec.aggregate.${name}: ${call.message}`);
  return { name, aggregator: call.aggregator, argument: compileArgument(call, text, language) };
}
