import { type ColumnOptions, compileColumnExpression } from './column-expression';
import type { ColumnExpression, CompiledBoard } from './compiled-pipeline';
import type { RedisSinkDefinition } from './redis-sink-definition';

type Compile = (part: string, text: string | undefined) => ColumnExpression | undefined;

export function compileRedisSink(sink: RedisSinkDefinition, options: ColumnOptions): CompiledBoard {
  const compile: Compile = (part, text) =>
    text === undefined ? undefined : compileColumnExpression(part, text, options);
  if ('leaderboard' in sink) {
    const { key, member, score, order, size, ttl } = sink.leaderboard;
    return {
      ...{ kind: 'redis', view: 'leaderboard', keeps: order, size, ttlMs: msOf(ttl) },
      ...{ key: compile('key', key), member: compile('member', member), score: compile('score', score) },
    };
  }
  if ('latest' in sink) {
    const { key, at, size, ttl } = sink.latest;
    return {
      ...{ kind: 'redis', view: 'latest', keeps: 'highest', size, ttlMs: msOf(ttl) },
      ...{ key: compile('key', key), member: undefined, score: compile('at', at) },
    };
  }
  if ('unique' in sink) {
    const { key, member, ttl } = sink.unique;
    return {
      ...{ kind: 'redis', view: 'unique', keeps: 'highest', size: 0, ttlMs: msOf(ttl) },
      ...{ key: compile('key', key), member: compile('member', member), score: undefined },
    };
  }
  const { key, member, value, size, ttl } = sink.counter;
  return {
    ...{ kind: 'redis', view: 'counter', keeps: 'highest', size, ttlMs: msOf(ttl) },
    ...{ key: compile('key', key), member: compile('member', member), score: compile('value', value) },
  };
}

function msOf(ttl: number | 'never'): number | undefined {
  return ttl === 'never' ? undefined : ttl;
}
