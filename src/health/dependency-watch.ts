import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { messageOf } from '../core/errors';
import { type Dependency, type Ports, PORTS, type ServerMemory } from '../runtime/ports';

export interface DependencyHealth {
  readonly name: Dependency['name'];
  readonly isUp: boolean;
  /** Present when it is not. */
  readonly reason?: string;
  /** As it was last told; absent of a server that tells none. */
  readonly memory?: ServerMemory;
  /** When that was found, epoch ms; absent before the first answer. */
  readonly checkedAtMs?: number;
}

const PING_EVERY_MS = 2_000;

/** Asks the dependencies in the background, one question at a time for each, so that probes never wait. */
@Injectable()
export class DependencyWatch implements OnModuleInit, OnApplicationShutdown {
  private readonly found = new Map<string, DependencyHealth>();
  private readonly asked = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  onModuleInit(): void {
    void this.ask();
    this.timer = setInterval(() => void this.ask(), PING_EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** As last found. */
  health(): readonly DependencyHealth[] {
    return this.ports.dependencies.map(
      ({ name }) => this.found.get(name) ?? { name, isUp: false, reason: `${name} has not answered yet.` },
    );
  }

  /** Resolves when every dependency has answered or failed. One that was asked before and is silent is not asked again. */
  async ask(): Promise<void> {
    await Promise.all(this.ports.dependencies.map((dependency) => this.ping(dependency)));
  }

  private async ping(dependency: Dependency): Promise<void> {
    const { name } = dependency;
    if (this.asked.has(name)) return;
    this.asked.add(name);
    const answer = await dependency.ping().then(
      (memory) => ({ isUp: true, ...(memory && { memory }) }),
      (error: unknown) => ({ isUp: false, reason: messageOf(error) }),
    );
    this.asked.delete(name);
    this.found.set(name, { name, ...answer, checkedAtMs: this.ports.clock.now() });
  }
}
