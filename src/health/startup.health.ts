import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { StartupState } from './startup-state';

@Injectable()
export class StartupHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly state: StartupState,
  ) {}

  check(): HealthIndicatorResult {
    const session = this.indicators.check('startup');
    const waiting = this.state.waitsFor;
    return waiting ? session.down({ waitingFor: waiting.dependency, reason: waiting.reason }) : session.up();
  }
}
