import { Controller, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

import type { RecordBatch } from '../core/ports/record-source.port';
import { ASSIGNED, BatchContext, RECORDS, SKIPPED } from './batch-transport';
import { LetThroughFilter } from './let-through.filter';
import { ProcessingService } from './processing.service';

/** Where batches of every pipeline enter: the context says whose they are. */
@Controller()
@UseFilters(LetThroughFilter)
export class ProcessingController {
  constructor(private readonly processing: ProcessingService) {}

  @EventPattern(ASSIGNED)
  assigned(@Payload() partitions: readonly number[], @Ctx() context: unknown): void {
    this.processing.runner(contextOf(context).pipeline).assigned(partitions);
  }

  @EventPattern(SKIPPED)
  skipped(@Payload() gap: { partition: number; from: bigint; to: bigint }, @Ctx() context: unknown): void {
    this.processing.runner(contextOf(context).pipeline).skipped(gap.partition, gap.from, gap.to);
  }

  @EventPattern(RECORDS)
  async records(@Payload() batch: RecordBatch, @Ctx() context: unknown): Promise<void> {
    const { control, pipeline } = contextOf(context);
    if (!control) throw new Error(`A batch of ${pipeline} came without its control`);
    await this.processing.runner(pipeline).handle(batch, control);
  }
}

/** Nest types contexts as unknown: these patterns belong to {@link BatchTransport} alone. */
function contextOf(context: unknown): BatchContext {
  if (context instanceof BatchContext) return context;
  throw new Error('A batch pattern was sent by another transport than the batch transport');
}
