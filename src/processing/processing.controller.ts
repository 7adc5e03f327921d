import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

import type { RecordBatch } from '../core/ports/record-source.port';
import { ASSIGNED, BatchContext, RECORDS, SKIPPED } from './batch-transport';
import { ProcessingService } from './processing.service';

/** Where batches of every pipeline enter: the context says whose they are. */
@Controller()
export class ProcessingController {
  constructor(private readonly processing: ProcessingService) {}

  @EventPattern(ASSIGNED)
  assigned(@Payload() partitions: readonly number[], @Ctx() context: BatchContext): void {
    this.processing.runner(context.pipeline).assigned(partitions);
  }

  @EventPattern(SKIPPED)
  skipped(@Payload() gap: { partition: number; from: bigint; to: bigint }, @Ctx() context: BatchContext): void {
    this.processing.runner(context.pipeline).skipped(gap.partition, gap.from, gap.to);
  }

  @EventPattern(RECORDS)
  async records(@Payload() batch: RecordBatch, @Ctx() context: BatchContext): Promise<void> {
    const { control } = context;
    if (!control) throw new Error(`A batch of ${context.pipeline} came without its control`);
    await this.processing.runner(context.pipeline).handle(batch, control);
  }
}
