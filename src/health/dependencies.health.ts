import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { DependencyWatch } from './dependency-watch';

@Injectable()
export class DependenciesHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly watch: DependencyWatch,
  ) {}

  /** One result for each dependency. */
  check(): HealthIndicatorResult {
    const results = this.watch.health().map(({ name, isUp, reason }) => {
      const session = this.indicators.check(name);
      return isUp ? session.up() : session.down({ reason });
    });
    return Object.assign({}, ...results) as HealthIndicatorResult;
  }
}
