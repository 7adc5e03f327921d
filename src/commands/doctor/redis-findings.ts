import type { RedisFacts } from '../../adapters/redis/redis-facts';
import { type Finding, ok, warning, wrong } from './finding';

const OLDEST = [6, 2] as const;

export function redisFindings({ version, maxmemoryPolicy, maxmemory, appendOnly }: RedisFacts): readonly Finding[] {
  const policy = maxmemoryPolicy ?? 'not told';
  return [
    isOldEnough(version)
      ? ok('redis', `reachable, version ${version}`)
      : wrong('redis', `version ${version} is too old`, `use Redis ${OLDEST.join('.')} or newer`),
    policy === 'noeviction'
      ? ok('redis memory', `maxmemory-policy is noeviction${maxmemory > 0 ? `, maxmemory ${maxmemory} bytes` : ''}`)
      : wrong(
          'redis memory',
          `maxmemory-policy is ${policy}: Redis would drop state and offsets to make room`,
          'CONFIG SET maxmemory-policy noeviction, and in redis.conf',
        ),
    appendOnly
      ? ok('redis durability', 'the append-only file is on')
      : warning(
          'redis durability',
          'the append-only file is off: a restart loses the checkpoints since the last snapshot, and work is repeated',
          'CONFIG SET appendonly yes, and in redis.conf',
        ),
  ];
}

function isOldEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
