import type { Gauge } from 'prom-client';
import type { Dependency, ServerMemory } from '../runtime/ports';
import type { Meters } from './meters';

/** What is known of a server that the service depends on. */
export interface DependencyFacts {
  readonly name: Dependency['name'];
  readonly isUp: boolean;
  readonly memory?: ServerMemory;
}

/** Gauges of the servers, from what `facts` says at each scrape; nothing is asked of a server for it. */
export function dependencyGauges(meters: Meters, facts: () => readonly DependencyFacts[]): void {
  gaugeOf(meters, facts, {
    name: 'millrace_dependency_up',
    help: '1 while the server answers this process, else 0; none where all is in memory',
    across: 'min',
    value: ({ isUp }) => Number(isUp),
  });
  gaugeOf(meters, facts, {
    name: 'millrace_dependency_memory_bytes',
    help: 'Bytes that the server keeps in memory, of the fullest one in a cluster; of Redis, where it may be asked',
    across: 'max',
    value: ({ memory }) => memory?.usedBytes,
  });
  gaugeOf(meters, facts, {
    name: 'millrace_dependency_memory_max_bytes',
    help: 'Bytes that the same server may keep (`maxmemory`); a full Redis refuses commits. Absent without a bound',
    across: 'max',
    value: ({ memory }) => (memory?.maxBytes === 0 ? undefined : memory?.maxBytes),
  });
}

interface FactGauge {
  readonly name: string;
  readonly help: string;
  readonly across: 'min' | 'max';
  /** `undefined` for a series that there is not. */
  readonly value: (facts: DependencyFacts) => number | undefined;
}

function gaugeOf(
  meters: Meters,
  facts: () => readonly DependencyFacts[],
  { name, help, across, value }: FactGauge,
): void {
  const gauge: Gauge = meters.gauge(name, help, {
    ...{ across, labels: ['dependency'] },
    collect: () => {
      gauge.reset();
      for (const fact of facts()) {
        const current = value(fact);
        if (current !== undefined) gauge.set({ dependency: fact.name }, current);
      }
    },
  });
}
