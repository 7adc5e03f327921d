import { Module } from '@nestjs/common';
import { ApiModule } from '../api/api.module';
import { LiveController } from './live.controller';
import { LiveService } from './live.service';
import { LiveSockets } from './socket/live-sockets';

/** Server-sent events, and the same over WebSockets. Needs `PORTS`, and what {@link ApiModule} needs. */
@Module({ imports: [ApiModule], controllers: [LiveController], providers: [LiveService, LiveSockets] })
export class LiveModule {}
