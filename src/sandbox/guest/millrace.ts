import { ConfigError } from '../../core/errors';

/** What `import ... from 'millrace'` gives in the sandbox: all but what runs pipelines. */
export { defineAggregate } from '../../core/aggregates/aggregate-definition';
export {
  anyArgument,
  ascendingNumbers,
  durationConstant,
  numberArgument,
  numberBetween,
  presenceArgument,
  wholeNumber,
} from '../../core/aggregates/parameter';
export { ConfigError, FatalError } from '../../core/errors';
export { defineFunction } from '../../core/pipeline/function-definition';
export * from '../../builder/aggregates';
export { cel } from '../../builder/cel';
export { count } from '../../builder/count';
export { custom } from '../../builder/custom';
export { online_anomaly, online_regression } from '../../builder/learning';
export { redisTable, topicTable } from '../../builder/lookups';
export { pipeline } from '../../builder/pipeline';
export { versioned } from '../../builder/record-functions';
export { cassandra, kafka, live, redis } from '../../builder/sinks';
export { avro, csv, json, jsonSchema, protobuf, topic } from '../../builder/source';
export { calendar, cumulative, global, hopping, session, sliding, tumbling } from '../../builder/windows';

export function fromYaml(): never {
  throw new ConfigError('fromYaml() is not there in the sandbox: put the YAML into the folder of MILLRACE_PIPELINES');
}

export class TestDriver {
  constructor() {
    throw new ConfigError('TestDriver is not there in the sandbox: run tests by node itself, outside the service');
  }
}
