import { docker } from '../e2e/docker.mjs';

/**
 * When each service started for the first time since `sinceMs`, and when it first was healthy, in milliseconds of the epoch, as the
 * daemon tells of it: `{ [service]: { startedMs, healthyMs } }`.
 */
export async function lifeOfServices(sinceMs) {
  const between = ['--since', seconds(sinceMs), '--until', seconds(Date.now())];
  const output = await docker(['events', ...between, '--filter', 'type=container', '--format', '{{json .}}']);
  const life = {};
  for (const line of output.trim().split('\n').filter(Boolean)) {
    const { Action: action, Actor: actor, timeNano } = JSON.parse(line);
    const service = actor.Attributes['com.docker.compose.service'];
    if (!service) continue;
    const moments = (life[service] ??= {});
    if (action === 'start') moments.startedMs ??= timeNano / 1e6;
    if (action === 'health_status: healthy') moments.healthyMs ??= timeNano / 1e6;
  }
  return life;
}

/** Lines about services that started before what they wait for was healthy. */
export function startedTooEarly(services, life) {
  return Object.entries(services).flatMap(([name, { depends_on: needed = {} }]) =>
    Object.entries(needed)
      .filter(
        ([other, { condition }]) => condition === 'service_healthy' && life[name] && !isInOrder(life, other, name),
      )
      .map(([other]) => `${name} started before ${other} was healthy`),
  );
}

function isInOrder(life, first, second) {
  return life[first]?.healthyMs !== undefined && life[first].healthyMs <= life[second].startedMs;
}

function seconds(ms) {
  return (ms / 1000).toFixed(3);
}
