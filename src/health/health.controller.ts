import { Controller, Get, Header, UseFilters } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { DependenciesHealth } from './dependencies.health';
import { HealthFilter } from './health.filter';
import { PipelinesHealth } from './pipelines.health';
import { StartupHealth } from './startup.health';

/** Answers from what the process knows already: no probe waits for a server. */
@ApiTags('health')
@Controller('health')
@UseFilters(HealthFilter)
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly startupHealth: StartupHealth,
    private readonly dependencies: DependenciesHealth,
    private readonly pipelines: PipelinesHealth,
  ) {}

  /** That it answers is the proof: the event loop turns. A server that is away is no reason to restart the process. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Whether the process is alive' })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('startup')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: '503 until start-up is done; the body says what is waited for' })
  startup(): Promise<HealthCheckResult> {
    return this.health.check([() => this.startupHealth.check()]);
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: '503 with reasons while a server is away or a pipeline is not at work' })
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.startupHealth.check(),
      () => this.dependencies.check(),
      () => this.pipelines.check(),
    ]);
  }
}
