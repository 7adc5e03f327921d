import { Module, type OnModuleInit } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { dependencyGauges } from '../metrics/dependency-gauges';
import { ObserverModule } from '../metrics/observer.module';
import { PrometheusObserver } from '../metrics/prometheus-observer';
import { DependenciesHealth } from './dependencies.health';
import { DependencyWatch } from './dependency-watch';
import { HealthController } from './health.controller';
import { PipelinesHealth } from './pipelines.health';
import { StartupHealth } from './startup.health';
import { StartupModule } from './startup.module';

/** `/health/live`, `/health/startup` and `/health/ready`. Needs `PIPELINES` and `PORTS`. */
@Module({
  // The body has the reasons; a log line for each probe would only bury others.
  imports: [TerminusModule.forRoot({ logger: false }), StartupModule, ObserverModule],
  controllers: [HealthController],
  providers: [DependencyWatch, DependenciesHealth, PipelinesHealth, StartupHealth],
})
export class HealthModule implements OnModuleInit {
  constructor(
    private readonly watch: DependencyWatch,
    private readonly observer: PrometheusObserver,
  ) {}

  onModuleInit(): void {
    dependencyGauges(this.observer.meters, () => this.watch.health());
  }
}
