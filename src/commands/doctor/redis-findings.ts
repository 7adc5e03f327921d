import type { RedisFacts } from '../../adapters/redis/redis-facts';
import type { RedisRights } from '../../adapters/redis/redis-rights';
import { clockFinding } from './clock-findings';
import { type Finding, ok, warning, wrong } from './finding';

const OLDEST = [6, 2] as const;
/** What docs/security.md says that the user needs. */
const NEEDED =
  '~millrace:* &millrace:* +@read +@write +@connection +@pubsub +@scripting +@transaction -@dangerous +info +time';

export function redisFindings({ maxmemoryPolicy, maxmemory, ...facts }: RedisFacts): readonly Finding[] {
  const policy = maxmemoryPolicy ?? 'not told';
  return [
    ...versionFindings(facts),
    policy === 'noeviction'
      ? ok('redis memory', `maxmemory-policy is noeviction${maxmemory > 0 ? `, maxmemory ${maxmemory} bytes` : ''}`)
      : wrong(
          'redis memory',
          `maxmemory-policy is ${policy}: Redis would drop state and offsets to make room`,
          'CONFIG SET maxmemory-policy noeviction, and in redis.conf',
        ),
    facts.appendOnly
      ? ok('redis durability', 'the append-only file is on')
      : warning(
          'redis durability',
          'the append-only file is off: a restart loses the checkpoints since the last snapshot, and work is repeated',
          'CONFIG SET appendonly yes, and in redis.conf',
        ),
    clockFinding('redis', facts.clockAheadMs),
  ];
}

function versionFindings({ version, versions }: Pick<RedisFacts, 'version' | 'versions'>): readonly Finding[] {
  if (!isOldEnough(version)) {
    return [wrong('redis', `version ${version} is too old`, `use Redis ${OLDEST.join('.')} or newer`)];
  }
  if (versions.length === 1) return [ok('redis', `reachable, version ${version}`)];
  const text = `the servers of the cluster have several versions: ${versions.join(', ')}`;
  return [warning('redis', text, 'bring all of them to one version')];
}

/** Nothing can be told of memory, versions and clocks then. */
export function infoRefused(user = '<user>'): Finding {
  return wrong('redis', `user ${user} may not use INFO or TIME`, `ACL SETUSER ${user} +info +time`);
}

/** Which commands the user lacks. */
export function redisRightsFindings({ user, refused, refusesKeys, refusesChannel }: RedisRights): readonly Finding[] {
  const who = user ?? '<user>';
  const setUser = `ACL SETUSER ${who}`;
  const findings: Finding[] = [];
  if (refusesKeys) {
    const remedy = `${setUser} ~millrace:*`;
    findings.push(wrong('redis permissions', `user ${who} may not use the keys millrace:*`, remedy));
  }
  if (refused.includes('EVALSHA')) {
    const text = `user ${who} may not use scripts, so nothing else could be tried`;
    findings.push(wrong('redis permissions', text, `${setUser} ${NEEDED}`));
  } else if (refused.length > 0) {
    const remedy = `${setUser} ${refused.map((command) => `+${command.toLowerCase()}`).join(' ')}`;
    findings.push(wrong('redis permissions', `user ${who} may not use ${refused.join(', ')}`, remedy));
  }
  if (refusesChannel) {
    const text = `user ${who} may not use the channels millrace:*: followers of the live feed look once a second`;
    findings.push(warning('redis permissions', text, `${setUser} &millrace:*`));
  }
  return findings.length > 0 ? findings : [ok('redis permissions', `user ${who} may do what Millrace does`)];
}

function isOldEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
