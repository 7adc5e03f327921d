import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ApiModule } from '../api/api.module';
import { CommittedTasks } from '../api/committed-tasks';
import { OpenRows } from '../api/open-rows';
import { RowsService } from '../api/rows.service';
import type { MillraceConfig } from '../config/config';
import type { Log } from '../core/ports/log.port';
import { QUEUE_BOUNDS } from '../core/ports/work-queue.port';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import type { Ports } from '../runtime/ports';
import { ExportFiles } from './export-files';
import { ExportJob } from './export-job';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';
import { PipelineJobsController } from './pipeline-jobs.controller';
import { RebuildJob } from './rebuild-job';

export interface JobsParts {
  readonly config: MillraceConfig;
  readonly ports: Ports;
  readonly log: Log;
}

/** Exports and rebuilds as jobs: taken in where `serve` is a role, done where `process` is. */
@Module({})
export class JobsModule {
  static of(parts: JobsParts): DynamicModule {
    const { roles, exports: folder } = parts.config;
    const files = folder === undefined ? undefined : new ExportFiles(folder, QUEUE_BOUNDS.keptMs);
    const serves = roles.includes('serve');
    return {
      module: JobsModule,
      imports: serves ? [ApiModule] : [],
      controllers: serves ? [JobsController, PipelineJobsController] : [],
      providers: [
        ...(serves ? [] : [CommittedTasks, OpenRows, RowsService]),
        ...(files ? [{ provide: ExportFiles, useValue: files }] : []),
        jobsService(parts, files),
      ],
    };
  }
}

function jobsService({ config, ports, log }: JobsParts, files: ExportFiles | undefined): Provider {
  return {
    provide: JobsService,
    useFactory: (pipelines: Pipelines, rows: RowsService) => {
      const cacheBytes = config.stateCacheBytes / Math.max(1, pipelines.all().length);
      const handlers = [new ExportJob(pipelines, rows, files), new RebuildJob({ pipelines, ports, cacheBytes, log })];
      return new JobsService({ ports, log, handlers: config.roles.includes('process') ? handlers : [] });
    },
    inject: [PIPELINES, RowsService],
  };
}
