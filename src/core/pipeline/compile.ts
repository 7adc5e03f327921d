import { csvDecoder } from '../decoding/csv-decoder';
import type { Decoder } from '../decoding/decoder';
import { eventTimeOf, recordTimeOf } from '../decoding/event-time';
import { jsonDecoder } from '../decoding/json-decoder';
import { ConfigError } from '../errors';
import { createWindowAssigner } from '../windows/create-window-assigner';
import { compileArgument } from './aggregate-argument';
import { parseAggregateCall } from './aggregate-call';
import { compileFilter } from './compile-filter';
import { compileKey } from './compile-key';
import { compileSink } from './compile-sink';
import type { CompiledAggregate, CompiledPipeline } from './compiled-pipeline';
import type { PipelineDefinition } from './definition';
import { fieldReader } from './field-reader';
import { fingerprintOf } from './fingerprint';
import { poison } from './poison';

type Source = PipelineDefinition['spec']['source'];

/** Turns a definition that `parsePipelines` found right into closures. Throws for expressions that do not parse. */
export function compilePipeline(definition: PipelineDefinition): CompiledPipeline {
  const { source, key, window, aggregate, emit, sinks } = definition.spec;
  const { outOfOrderness, idleAfter, advanceOn } = source.time;
  const decode = compileDecoder(source);
  return {
    name: definition.metadata.name,
    definition,
    fingerprint: fingerprintOf(definition),
    decode: (record) => {
      try {
        return decode(record.asciiValue ?? record.value);
      } catch (thrown) {
        throw poison(thrown, 'not-decodable', 'the value');
      }
    },
    eventTimeMs: compileEventTime(source.time.field),
    accepts: compileFilter(definition.spec),
    keyValues: compileKey(key),
    keyNames: key,
    windows: createWindowAssigner(window),
    graceMs: window.grace,
    outOfOrdernessMs: outOfOrderness,
    idleAfterMs: idleAfter === 'never' ? undefined : idleAfter,
    advanceOn,
    aggregates: Object.entries(aggregate).map(([name, text]) => compileAggregate(name, text)),
    emitOnUpdate: emit.on !== 'close',
    emitOnClose: emit.on !== 'update',
    emitEveryMs: emit.every,
    sinks: sinks.map(compileSink),
  };
}

function compileDecoder(source: Source): Decoder {
  if (source.format === 'json') return jsonDecoder(source.maxRecordBytes);
  return csvDecoder(source.csv?.columns ?? [], source.maxRecordBytes);
}

function compileEventTime(field: string | undefined): CompiledPipeline['eventTimeMs'] {
  if (field === undefined) return (_fields, record) => recordTimeOf(record.timestampMs);
  const read = fieldReader(field);
  return (fields) => {
    try {
      return eventTimeOf(read(fields), field);
    } catch (thrown) {
      throw poison(thrown, 'bad-time', `time field "${field}"`);
    }
  };
}

function compileAggregate(name: string, text: string): CompiledAggregate {
  const call = parseAggregateCall(text);
  if (!('aggregator' in call)) throw new ConfigError(`spec.aggregate.${name}: ${call.message}`);
  return { name, aggregator: call.aggregator, argument: compileArgument(call, text) };
}
