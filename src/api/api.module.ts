import { Module } from '@nestjs/common';
import { AggregateController } from './aggregate/aggregate.controller';
import { AggregateService } from './aggregate/aggregate.service';
import { AwaitedRecords } from './awaited-records';
import { BoardsController } from './boards.controller';
import { BoardsService } from './boards.service';
import { Catalogue } from './catalogue';
import { CamerasController } from './cameras.controller';
import { CommittedTasks } from './committed-tasks';
import { DeadLettersController } from './dead-letters.controller';
import { ModelsController } from './models/models.controller';
import { ModelsService } from './models/models.service';
import { HistoryController } from './history.controller';
import { OpenRows } from './open-rows';
import { PipelineViews } from './pipeline-views.service';
import { PipelinesController } from './pipelines.controller';
import { ProblemDetailsModule } from './problem-details.module';
import { ResumeController } from './resume.controller';
import { RowQuestions } from './row-questions';
import { RowsController } from './rows.controller';
import { RowsService } from './rows.service';

/** What runs and what it has computed, over HTTP. Needs `PIPELINES` and `PORTS`. */
@Module({
  imports: [ProblemDetailsModule],
  controllers: [
    ...[AggregateController, BoardsController, CamerasController, DeadLettersController],
    ...[HistoryController, ModelsController, PipelinesController, ResumeController, RowsController],
  ],
  providers: [
    ...[AggregateService, AwaitedRecords, BoardsService, Catalogue, CommittedTasks],
    ...[ModelsService, OpenRows, PipelineViews, RowQuestions, RowsService],
  ],
  exports: [Catalogue, CommittedTasks, RowQuestions, RowsService],
})
export class ApiModule {}
