import { Module } from '@nestjs/common';
import { ApiModule } from '../api/api.module';
import { LiveController } from './live.controller';
import { LiveService } from './live.service';

/** Server-sent events. Needs `PORTS`, and what {@link ApiModule} needs. */
@Module({ imports: [ApiModule], controllers: [LiveController], providers: [LiveService] })
export class LiveModule {}
