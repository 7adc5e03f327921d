import { Module } from '@nestjs/common';
import type { MillraceConfig } from '../config/config';
import { CONFIG } from '../config/config-token';
import { HttpIngest } from './http-ingest';
import { IngestController } from './ingest.controller';
import { INGEST_LIMIT, ingestLimit } from './ingest-limit';

/** Records over HTTP into source topics. Needs `CONFIG`, `PIPELINES` and `PORTS`. */
@Module({
  controllers: [IngestController],
  providers: [
    HttpIngest,
    { provide: INGEST_LIMIT, useFactory: ({ ingest }: MillraceConfig) => ingestLimit(ingest), inject: [CONFIG] },
  ],
  exports: [INGEST_LIMIT],
})
export class IngestionModule {}
