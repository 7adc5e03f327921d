import { mkdirSync } from 'node:fs';
import { programFromDebian, stopDebianService } from '../apt.mjs';
import { redisAnswers } from '../probes.mjs';
import { onPath } from '../run.mjs';

const SETTINGS = {
  bind: '127.0.0.1',
  appendonly: 'yes',
  appendfsync: 'everysec',
  save: '',
  // State is no cache: a full Redis must refuse a write rather than forget a window.
  'maxmemory-policy': 'noeviction',
  daemonize: 'no',
};

/** Redis with the append-only file synced every second. */
export const redis = {
  name: 'redis',
  readyMs: 60_000,
  portsOf: ({ redis }) => [redis],
  addressOf: ({ redis }) => `redis://127.0.0.1:${redis}`,
  answers: ({ redis }) => redisAnswers(redis),

  async prepare(context) {
    const wasPresent = onPath('redis-server');
    const program = await programFromDebian(['redis-server'], 'redis-server', context);
    if (!wasPresent) await stopDebianService('redis-server');
    return { program };
  },

  async command({ program }, { place, ports }) {
    mkdirSync(place.folder, { recursive: true });
    const settings = { ...SETTINGS, port: String(ports.redis), dir: place.folder };
    return { command: program, args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]) };
  },
};
