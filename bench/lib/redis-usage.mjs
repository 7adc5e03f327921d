import { Redis } from 'ioredis';

/** Redis's own account of what it uses, which holds in a container too. */
export class RedisUsage {
  constructor(url) {
    this.client = new Redis(url, { maxRetriesPerRequest: 1 });
  }

  async sample() {
    const text = `${await this.client.info('cpu')}\n${await this.client.info('memory')}`;
    const field = (name) => Number(text.match(new RegExp(`^${name}:([\\d.]+)`, 'm'))[1]);
    const cpu = ['used_cpu_user', 'used_cpu_sys', 'used_cpu_user_children', 'used_cpu_sys_children'];
    return {
      cpuSeconds: cpu.reduce((sum, name) => sum + field(name), 0),
      megabytes: field('used_memory_rss') / 2 ** 20,
    };
  }

  /** Connections of clients that the server has now. */
  async connections() {
    return Number((await this.client.info('clients')).match(/^connected_clients:(\d+)/m)[1]);
  }

  /** Removes the keys that have the run's prefix in their name, and no others. */
  async removeKeys(prefix) {
    for await (const keys of this.client.scanStream({ match: `*${prefix}*`, count: 1000 })) {
      if (keys.length > 0) await this.client.unlink(...keys);
    }
  }

  close() {
    this.client.disconnect();
  }
}
