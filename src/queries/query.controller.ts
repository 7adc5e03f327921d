import { Controller, Inject, UseFilters } from '@nestjs/common';
import { type KafkaContext, Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { AsOf } from '../api/as-of';
import { RowQuestions } from '../api/row-questions';
import { type RowJson, toRowJson } from '../core/row/row-json';
import { type Ports, PORTS } from '../runtime/ports';
import { withinDeadline } from './deadline';
import { QueryProblemFilter } from './query-problem.filter';
import { queryRequest } from './query-request';
import { QUERY } from './query-transport';

/** Injection token: how long a question is worth an answer, ms. */
export const QUERY_TIMEOUT_MS = Symbol('millrace.query-timeout');

/** The body of `GET /v1/pipelines/{name}/rows`, and what its headers say. */
export interface QueryAnswer {
  readonly rows: readonly RowJson[];
  readonly cursor?: string;
  readonly note?: string;
  readonly asOf: AsOf;
}

/** Rows of a pipeline for who asks over Kafka. Any replica answers. */
@Controller()
@UseFilters(QueryProblemFilter)
export class QueryController {
  constructor(
    private readonly questions: RowQuestions,
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(QUERY_TIMEOUT_MS) private readonly timeoutMs: number,
  ) {}

  @MessagePattern(QUERY)
  answer(@Payload() payload: unknown, @Ctx() context: Pick<KafkaContext, 'getMessage'>): Promise<QueryAnswer> {
    const askedMs = Number(context.getMessage().timestamp);
    const leftMs = askedMs + this.timeoutMs - this.ports.clock.now();
    return withinDeadline(leftMs, () => this.page(payload));
  }

  private async page(payload: unknown): Promise<QueryAnswer> {
    const { pipeline, parameters } = queryRequest(payload);
    const { rows, cursor, note, asOf } = await this.questions.page(pipeline, parameters);
    return {
      rows: rows.map(toRowJson),
      ...(cursor !== undefined && { cursor }),
      ...(note !== undefined && { note }),
      asOf,
    };
  }
}
