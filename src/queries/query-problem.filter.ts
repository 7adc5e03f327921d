import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import type { ProblemDetails } from '../api/problem-details';
import { problemOf } from '../api/problem-details.filter';

/** Answers with problem details in the header `kafka_nest-err`, which is where clients of Nest look. */
@Catch()
export class QueryProblemFilter implements RpcExceptionFilter {
  catch(thrown: unknown): Observable<ProblemDetails> {
    return throwError(() => problemOf(thrown));
  }
}
