import { readFile } from 'node:fs/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { type ApiKey, parseApiKeys } from '../config/api-keys';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports/log.port';

const LOOK_EVERY_MS = 1_000;

export interface KeyFileOptions {
  readonly path: string;
  readonly log: Log;
  readonly use: (keys: readonly ApiKey[]) => void;
}

/**
 * Takes new keys from their file within about a second, without a restart. The file is read, not watched: Kubernetes swaps
 * the link that leads to it, which watchers miss. Of a file that cannot be used the log tells once; the keys before it stay.
 */
export class KeyFile implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private seen: string | undefined;

  constructor(private readonly options: KeyFileOptions) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Never rejects. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    const found = await readFile(this.options.path, 'utf8').then(
      (text) => ({ text }),
      (error: unknown) => ({ text: undefined, error }),
    );
    this.looking = false;
    const state = found.text ?? `error ${messageOf('error' in found ? found.error : '')}`;
    if (state === this.seen) return;
    const isFirst = this.seen === undefined;
    this.seen = state;
    this.take(found, isFirst);
  }

  /** The file as it was first found was read at the start already. */
  private take(found: { text: string } | { text: undefined; error: unknown }, isFirst: boolean): void {
    const { path, log, use } = this.options;
    try {
      if (found.text === undefined) throw found.error;
      const keys = parseApiKeys(found.text);
      use(keys);
      const names = keys.map(({ name }) => name);
      if (!isFirst) log.info({ event: 'api-keys.reloaded', path, names }, `${keys.length} API keys are in force`);
    } catch (error) {
      const reason = messageOf(error);
      log.error({ event: 'api-keys.refused', path, reason }, `${path} cannot be used, the keys stay: ${reason}`);
    }
  }
}
