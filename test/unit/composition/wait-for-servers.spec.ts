import { embeddedPorts } from '../../../src/composition/embedded-ports';
import { externalPorts } from '../../../src/composition/external-ports';
import { waitForServers } from '../../../src/composition/wait-for-servers';
import { loadConfig } from '../../../src/config/config';
import { FatalError, TransientError } from '../../../src/core/errors';
import { silentLog } from '../../../src/core/ports/log.port';
import { StartupState } from '../../../src/health/startup-state';
import type { Dependency, Ports } from '../../../src/runtime/ports';
import { compiledWith } from '../../support/pipelines';
import { waitUntil } from '../../support/wait-until';

describe('waiting for servers at start', () => {
  let startup: StartupState;
  let stopping: AbortController;
  const away = new Set<Dependency['name']>();

  beforeEach(() => {
    startup = new StartupState();
    stopping = new AbortController();
    away.clear();
  });
  afterEach(() => stopping.abort());

  const dependency = (name: Dependency['name']): Dependency => ({
    name,
    ping: () => (away.has(name) ? Promise.reject(new TransientError(`${name} is away`)) : Promise.resolve()),
  });
  const wait = (names: readonly Dependency['name'][], migrate = (): Promise<void> => Promise.resolve()) => {
    const ports: Ports = { ...embeddedPorts(), dependencies: names.map(dependency), migrate };
    return waitForServers({ ports, startup, log: silentLog, signal: stopping.signal });
  };

  it('says which server is away, and goes on when it is back', async () => {
    away.add('redis');
    const done = wait(['kafka', 'redis']);
    await waitUntil('it says so', () => startup.waitsFor?.dependency === 'redis');
    expect(startup.waitsFor).toEqual({ dependency: 'redis', reason: 'redis is away' });
    away.delete('redis');
    await done;
    expect(startup.waitsFor).toBeUndefined();
  });

  it('brings the tables of Cassandra up to date before it is done', async () => {
    let duringMigration: unknown;
    await wait(['cassandra'], () => {
      duringMigration = startup.waitsFor?.dependency;
      return Promise.resolve();
    });
    expect(duringMigration).toBe('cassandra');
    expect(startup.waitsFor).toBeUndefined();
  });

  it('knows no Cassandra where no pipeline has a table', async () => {
    await wait(['kafka', 'redis'], () => Promise.reject(new FatalError('there is none')));
    expect(startup.waitsFor).toBeUndefined();
  });

  it('gives up, and says why, when waiting cannot help', async () => {
    const refused = wait(['cassandra'], () => Promise.reject(new FatalError('may not create tables')));
    await expect(refused).rejects.toThrow('may not create tables');
    expect(startup.waitsFor).toEqual({ dependency: 'cassandra', reason: 'may not create tables' });
  });
});

describe('the servers that a process needs', () => {
  const table = { cassandra: { table: 'ks.t', columns: { key: 'key.key', total: 'total' } } };

  it.each([
    { sinks: [{ live: {} }], names: ['kafka', 'redis'] },
    { sinks: [table], names: ['kafka', 'redis', 'cassandra'] },
  ])('are $names', async ({ sinks, names }) => {
    const ports = externalPorts(loadConfig({}), [compiledWith({ sinks })], silentLog);
    expect(ports.dependencies.map(({ name }) => name)).toEqual(names);
    await ports.close();
  });
});
