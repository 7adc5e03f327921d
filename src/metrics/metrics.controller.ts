import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Prometheus text' })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  metrics(): Promise<string> {
    this.gauges.collect();
    return this.observer.registry.metrics();
  }
}
