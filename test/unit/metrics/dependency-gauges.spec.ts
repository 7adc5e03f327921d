import { type DependencyFacts, dependencyGauges } from '../../../src/metrics/dependency-gauges';
import { Meters } from '../../../src/metrics/meters';

describe('gauges of servers', () => {
  let facts: DependencyFacts[];
  const meters = new Meters();
  dependencyGauges(meters, () => facts);

  async function series(): Promise<string[]> {
    return (await meters.registry.metrics()).split('\n').filter((line) => line.startsWith('millrace_'));
  }

  it('say which answer, and how full the one is that tells', async () => {
    facts = [
      { name: 'redis', isUp: true, memory: { usedBytes: 80, maxBytes: 100 } },
      { name: 'kafka', isUp: false },
    ];
    expect(await series()).toEqual([
      'millrace_dependency_up{dependency="redis"} 1',
      'millrace_dependency_up{dependency="kafka"} 0',
      'millrace_dependency_memory_bytes{dependency="redis"} 80',
      'millrace_dependency_memory_max_bytes{dependency="redis"} 100',
    ]);
  });

  it('tell of no bound where there is none', async () => {
    facts = [{ name: 'redis', isUp: true, memory: { usedBytes: 80, maxBytes: 0 } }];
    expect((await series()).filter((line) => line.includes('max'))).toEqual([]);
  });
});
