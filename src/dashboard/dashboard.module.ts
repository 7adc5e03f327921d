import { Module } from '@nestjs/common';
import { DashboardController } from './dashboard.controller';

/** The page at `/`. It needs no providers: it asks the API over HTTP as any other client. */
@Module({ controllers: [DashboardController] })
export class DashboardModule {}
