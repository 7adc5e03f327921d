import { Module } from '@nestjs/common';
import { StartupState } from './startup-state';

/** Apart from {@link HealthModule}, so that what makes `PIPELINES` can have {@link StartupState} before them. */
@Module({ providers: [StartupState], exports: [StartupState] })
export class StartupModule {}
