import { Cluster, type Redis } from 'ioredis';

import type { RedisClient } from './redis-connection';

/** Rings for those who follow live feeds. Never tells what has changed, only that one should look. */
type Listener = () => void;

/**
 * One connection for all live feeds of the process, on which Redis says that a feed has grown (`PUBLISH` in
 * `commit.lua`). It only wakes: what is new is read from the stream, and a wake-up that is lost costs time and no row.
 * Opened for the first listener, closed after the last.
 */
export class FeedWakeUps {
  private readonly listeners = new Map<string, Set<Listener>>();
  private connection: RedisClient | undefined;

  constructor(private readonly redis: RedisClient) {}

  /** Calls `onWake` when one of `channels` may have news, and after the connection was away. Returns how to stop. */
  listen(channels: readonly string[], onWake: Listener): () => void {
    this.connection ??= this.connect();
    const fresh = channels.filter((channel) => !this.listeners.has(channel));
    for (const channel of channels) this.listenersOf(channel).add(onWake);
    this.tell('subscribe', fresh);
    return () => this.leave(channels, onWake);
  }

  private leave(channels: readonly string[], onWake: Listener): void {
    const left = channels.filter((channel) => {
      const listeners = this.listeners.get(channel);
      return listeners?.delete(onWake) && listeners.size === 0;
    });
    for (const channel of left) this.listeners.delete(channel);
    if (this.listeners.size > 0) {
      this.tell('unsubscribe', left);
    } else {
      this.connection?.disconnect();
      this.connection = undefined;
    }
  }

  private listenersOf(channel: string): Set<Listener> {
    let listeners = this.listeners.get(channel);
    if (!listeners) this.listeners.set(channel, (listeners = new Set()));
    return listeners;
  }

  private connect(): RedisClient {
    const connection = ownConnection(this.redis);
    // Without a listener the error would end the process; the client reconnects by itself.
    connection.on('error', () => undefined);
    connection.on('message', (channel: string) => this.listeners.get(channel)?.forEach((wake) => wake()));
    connection.on('ready', () => {
      this.tell('subscribe', [...this.listeners.keys()]);
      // Nobody knows what was published while it was away.
      for (const listeners of this.listeners.values()) listeners.forEach((wake) => wake());
    });
    return connection;
  }

  /** What fails here is made good when the connection is ready again, and by those who look without being woken. */
  private tell(what: 'subscribe' | 'unsubscribe', channels: readonly string[]): void {
    if (channels.length === 0 || this.connection?.status !== 'ready') return;
    this.connection[what](...channels).catch(() => undefined);
  }
}

/** A connection that listens takes no other command. */
function ownConnection(redis: RedisClient): RedisClient {
  if (redis instanceof Cluster) return redis.duplicate();
  const listening: Redis = redis.duplicate({ autoResubscribe: false });
  return listening;
}
