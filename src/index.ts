/** What `import ... from 'millrace'` gives: pipelines in TypeScript, tests of them in virtual time, and extensions. */
export { defineAggregate } from './core/aggregates/aggregate-definition';
export type { AggregateDefinition } from './core/aggregates/aggregate-definition';
export type { Aggregator, RecordPlace } from './core/aggregates/aggregator';
export type { ByteReader, ByteWriter } from './core/aggregates/bytes';
export {
  anyArgument,
  ascendingNumbers,
  durationConstant,
  numberArgument,
  numberBetween,
  presenceArgument,
  wholeNumber,
} from './core/aggregates/parameter';
export { ConfigError, FatalError } from './core/errors';
export type { JsonValue } from './core/json';
export { defineFunction } from './core/pipeline/function-definition';
export type { FunctionDefinition } from './core/pipeline/function-definition';
export {
  arg_max,
  arg_min,
  avg,
  collect,
  delta,
  distinct,
  ewma,
  first,
  histogram,
  last,
  max,
  min,
  nowcast,
  ohlc,
  quantile,
  rate,
  stddev,
  sum,
  top_k,
  top_k_each,
  trend,
  variance,
  vwap,
} from './builder/aggregates';
export type * from './builder/aggregate-spec';
export { cel } from './builder/cel';
export type { Cel } from './builder/cel';
export { count } from './builder/count';
export { custom } from './builder/custom';
export { online_anomaly, online_regression } from './builder/learning';
export type * from './builder/learning';
export { redisTable, topicTable } from './builder/lookups';
export type * from './builder/lookups';
export { pipeline } from './builder/pipeline';
export { versioned } from './builder/record-functions';
export type * from './builder/shape';
export { cassandra, kafka, live, metrics, redis } from './builder/sinks';
export type { Boards, SinkSpec } from './builder/sinks';
export { avro, csv, json, jsonSchema, protobuf, topic } from './builder/source';
export type * from './builder/source';
export type * from './builder/stages';
export { calendar, cumulative, global, hopping, session, sliding, tumbling } from './builder/windows';
export type { WindowKind, WindowSpec } from './builder/windows';
export type { Duration } from './builder/duration';
export type { PipelineModel } from './builder/model';
export { fromYaml } from './builder/from-yaml';
export { TestDriver } from './testing/test-driver';
export type * from './testing/test-driver';
