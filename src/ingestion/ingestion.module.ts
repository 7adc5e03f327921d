import { Module } from '@nestjs/common';
import type { MillraceConfig } from '../config/config';
import { CONFIG } from '../config/config-token';
import { PORTS, type Ports } from '../runtime/ports';
import { HttpIngest } from './http-ingest';
import { IngestController } from './ingest.controller';
import { TokenBucket } from './token-bucket';

/** Records over HTTP into source topics. Needs `CONFIG`, `PIPELINES` and `PORTS`. */
@Module({
  controllers: [IngestController],
  providers: [
    HttpIngest,
    {
      provide: TokenBucket,
      useFactory: ({ ingest }: MillraceConfig, { clock }: Ports) =>
        new TokenBucket(ingest.recordsPerSecond, ingest.burstRecords, clock),
      inject: [CONFIG, PORTS],
    },
  ],
  exports: [TokenBucket],
})
export class IngestionModule {}
