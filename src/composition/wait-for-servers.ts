import { messageOf } from '../core/errors';
import type { Log } from '../core/ports/log.port';
import type { StartupState } from '../health/startup-state';
import type { Ports } from '../runtime/ports';
import { retryTransient } from '../runtime/retry';

export interface WaitOptions {
  readonly ports: Ports;
  readonly startup: StartupState;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Waits with back-off until every server answers, then migrates the tables of Cassandra, if a pipeline has one; the start-up probe says for what it waits.
 * Rejects with ConfigError or FatalError when waiting cannot help.
 */
export async function waitForServers({ ports, startup, log, signal }: WaitOptions): Promise<void> {
  await Promise.all(
    ports.dependencies.map((dependency) => until(dependency.name, () => dependency.ping(), startup, log, signal)),
  );
  if (ports.dependencies.some(({ name }) => name === 'cassandra')) {
    startup.waitingFor('cassandra', 'Its tables are brought up to date.');
    await until('cassandra', () => ports.migrate(), startup, log, signal);
  }
  startup.done();
}

async function until(
  name: 'kafka' | 'redis' | 'cassandra',
  attempt: () => Promise<unknown>,
  startup: StartupState,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let waiting = false;
  await retryTransient(attempt, {
    signal,
    onFailure: (reason) => {
      startup.waitingFor(name, reason);
      if (!waiting) log.warn({ event: 'startup.waiting', dependency: name, reason }, `Waiting for ${name}: ${reason}`);
      waiting = true;
    },
  }).catch((error: unknown) => {
    startup.waitingFor(name, messageOf(error));
    throw error;
  });
  if (waiting) log.info({ event: 'startup.answered', dependency: name }, `${name} answers`);
}
