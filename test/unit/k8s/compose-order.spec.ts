import { lifeOfServices, startedTooEarly } from '../../../k8s/compose/order.mjs';

const SERVICES = {
  kafka: {},
  redis: {},
  millrace: { depends_on: { kafka: { condition: 'service_healthy' }, redis: { condition: 'service_healthy' } } },
};

function event(service: string | undefined, action: string, atMs: number): string {
  const attributes = service === undefined ? {} : { 'com.docker.compose.service': service };
  return JSON.stringify({ Action: action, Actor: { Attributes: attributes }, timeNano: atMs * 1e6 });
}

const inOrder = [
  event('kafka', 'start', 1_000),
  event('redis', 'start', 1_100),
  event(undefined, 'start', 1_150),
  event('redis', 'exec_die', 1_200),
  event('redis', 'health_status: healthy', 2_000),
  event('kafka', 'health_status: healthy', 3_000),
  event('millrace', 'start', 3_500),
  event('kafka', 'health_status: healthy', 9_000),
];

describe('the order in which compose starts services', () => {
  it('is read from the events of the daemon, the first of each kind', () => {
    expect(lifeOfServices(inOrder.join('\n'))).toEqual({
      kafka: { startedMs: 1_000, healthyMs: 3_000 },
      redis: { startedMs: 1_100, healthyMs: 2_000 },
      millrace: { startedMs: 3_500 },
    });
  });

  it('is right when what a service waits for was healthy before it started', () => {
    expect(startedTooEarly(SERVICES, lifeOfServices(inOrder.join('\n')))).toEqual([]);
  });

  it('is wrong when a service started before another was healthy, or that one never was', () => {
    const early = [...inOrder.slice(0, 5), event('kafka', 'health_status: healthy', 4_000), inOrder[6]];
    expect(startedTooEarly(SERVICES, lifeOfServices(early.join('\n')))).toEqual([
      'millrace started before kafka was healthy',
    ]);
    const never = [inOrder[4], inOrder[6]];
    expect(startedTooEarly(SERVICES, lifeOfServices(never.join('\n')))).toEqual([
      'millrace started before kafka was healthy',
    ]);
  });

  it('says nothing of a service that was not started', () => {
    expect(startedTooEarly(SERVICES, lifeOfServices(inOrder.slice(0, 2).join('\n')))).toEqual([]);
  });
});
