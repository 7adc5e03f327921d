import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { PrometheusObserver } from './prometheus-observer';
import { StatusGauges } from './status-gauges';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly observer: PrometheusObserver,
    private readonly gauges: StatusGauges,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Prometheus text' })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  metrics(@Res({ passthrough: true }) response: Response): Promise<string> {
    const { registry } = this.observer;
    response.setHeader('Content-Type', registry.contentType);
    this.gauges.collect();
    return registry.metrics();
  }
}
