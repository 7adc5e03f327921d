import { signatureOf } from '../aggregates/aggregate-definition';
import { parseAggregateCall } from './aggregate-call';
import type { PipelineDefinition } from './definition';
import type { Finding } from './finding';
import type { Language } from './language';
import { repartitionOf } from './repartition-definition';

const PATH = ['spec', 'repartition', 'preAggregate'];

/** Why records of a pipeline that asks for it cannot be aggregated before its repartition topic. */
export function checkPreAggregation({ spec }: PipelineDefinition, language: Language): Finding[] {
  if (repartitionOf(spec).partialRange === undefined) return [];
  const reasons = [
    windowFault(spec),
    lateFault(spec),
    lookupFault(spec),
    emitFault(spec),
    parkFault(spec),
    ...aggregateFaults(spec, language),
  ];
  return reasons.flatMap((message) => (message === undefined ? [] : [{ path: PATH, message }]));
}

type Spec = PipelineDefinition['spec'];

function windowFault({ window }: Spec): string | undefined {
  switch (window?.kind) {
    case 'tumbling':
    case 'hopping':
    case 'cumulative':
    case 'calendar':
    case 'global':
      return undefined;
    case undefined:
      return 'has no meaning for a pipeline without windows: nothing is aggregated';
    case 'session':
    case 'sliding':
    case 'count':
      return `cannot be used with ${window.kind} windows: which records they hold is known only when all records of a key are together`;
  }
}

function lateFault({ late }: Spec): string | undefined {
  if (typeof late === 'string' || !('topic' in late)) return undefined;
  return 'cannot be used with late.topic: a record that is in a partial aggregate cannot be sent there';
}

/** What is read again after a crash must pass the filter, and advance time, as it did before. */
function lookupFault({ lookup }: Spec): string | undefined {
  if (lookup === undefined) return undefined;
  return 'cannot be used with lookup: a record that is read again could find another entry';
}

function emitFault({ emit }: Spec): string | undefined {
  return emit.on === 'record'
    ? 'cannot be used with emit.on: record: a partial aggregate holds many records'
    : undefined;
}

/** A record that waits for its key would have to wait for those of its key that are in partial aggregates. */
function parkFault({ onPoison }: Spec): string | undefined {
  return onPoison === 'park'
    ? 'cannot be used with onPoison: park: a partial aggregate cannot wait in order'
    : undefined;
}

function aggregateFaults({ aggregate = {} }: Spec, language: Language): string[] {
  return Object.entries(aggregate).flatMap(([name, text]) => {
    const call = parseAggregateCall(text, language);
    if (!('definition' in call) || call.definition.commutes) return [];
    const why = 'its result may depend on the order of records, which partial aggregates do not keep';
    return [`cannot be used with ${name}, ${signatureOf(call.definition)}: ${why}`];
  });
}
