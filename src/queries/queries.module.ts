import { type DynamicModule, Module } from '@nestjs/common';
import { ApiModule } from '../api/api.module';
import { QUERY_TIMEOUT_MS, QueryController } from './query.controller';

/** Questions over Kafka. Needs what {@link ApiModule} needs, and a {@link QueryTransport} to bring them. */
@Module({})
export class QueriesModule {
  static of(timeoutMs: number): DynamicModule {
    return {
      module: QueriesModule,
      imports: [ApiModule],
      controllers: [QueryController],
      providers: [{ provide: QUERY_TIMEOUT_MS, useValue: timeoutMs }],
    };
  }
}
