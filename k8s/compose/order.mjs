/**
 * When each service first started and when it first was healthy, in milliseconds of the epoch, by what Docker's daemon tells of its
 * containers, an event as JSON in each line: `{ [service]: { startedMs, healthyMs } }`.
 */
export function lifeOfServices(events) {
  const life = {};
  for (const line of events.trim().split('\n').filter(Boolean)) {
    const { Action: action, Actor: actor, timeNano } = JSON.parse(line);
    const service = actor.Attributes['com.docker.compose.service'];
    if (!service) continue;
    const moments = (life[service] ??= {});
    if (action === 'start') moments.startedMs ??= timeNano / 1e6;
    if (action === 'health_status: healthy') moments.healthyMs ??= timeNano / 1e6;
  }
  return life;
}

/** Lines about services that started before what they wait for, by their `depends_on`, was healthy. */
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
