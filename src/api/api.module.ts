import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Catalogue } from './catalogue';
import { CommittedTasks } from './committed-tasks';
import { OpenRows } from './open-rows';
import { PipelineViews } from './pipeline-views.service';
import { PipelinesController } from './pipelines.controller';
import { ProblemDetailsFilter } from './problem-details.filter';
import { RowsController } from './rows.controller';
import { RowsService } from './rows.service';

/** What runs and what it has computed, over HTTP. Needs `PIPELINES` and `PORTS`. */
@Module({
  controllers: [PipelinesController, RowsController],
  providers: [
    Catalogue,
    CommittedTasks,
    OpenRows,
    PipelineViews,
    RowsService,
    { provide: APP_FILTER, useClass: ProblemDetailsFilter },
  ],
  exports: [Catalogue, CommittedTasks, RowsService],
})
export class ApiModule {}
