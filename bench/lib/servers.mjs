import { addresses, kill, start, status } from '../../stack/index.mjs';

const PROFILE = 'dev';
const NEEDED = ['kafka', 'redis'];

/**
 * Kafka and Redis for the run: those named by BENCH_KAFKA and BENCH_REDIS, else the developer's stack.
 * What is not up is started, and `release` stops again what was started here and nothing else.
 */
export async function acquireServers({ kafka, redis }, log) {
  if (kafka && redis) return { kafka, redis: redisUrl(redis), release: async () => {} };
  const before = await status(PROFILE);
  const missing = NEEDED.filter((name) => !before.find((server) => server.name === name).answers);
  const started = [];
  const release = async () => {
    for (const name of started) await kill(PROFILE, name, 'SIGTERM');
  };
  try {
    for (const name of missing) {
      await start(PROFILE, name, { log });
      started.push(name);
    }
  } catch (error) {
    await release();
    throw error;
  }
  const at = addresses(PROFILE);
  return { kafka: at.kafka, redis: redisUrl(at.redis), release };
}

const redisUrl = (address) => (address.includes('://') ? address : `redis://${address}`);
