import { Controller, Get, Header, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { Request } from 'express';
import { noteForAudit } from '../access/audit';
import type { LetterJson } from '../runtime/dead-letters/letter-json';
import { lettersJson } from '../runtime/dead-letters/letters-json';
import { listLetters } from '../runtime/dead-letters/list-letters';
import { replayLetters, type ReplaySummary } from '../runtime/dead-letters/replay-letters';
import { PORTS, type Ports } from '../runtime/ports';
import { Catalogue } from './catalogue';
import { cursorText, parseListParameters, parseReplayBody } from './dead-letters-parameters';
import { LETTERS_SCHEMA, REPLAY_BODY_SCHEMA, REPLAY_SCHEMA } from './dead-letters-schemas';
import { requestText } from './request-text';
import { PROBLEM_SCHEMA } from './schemas';

const MAX_BODY_BYTES = 1024 * 1024;

interface LettersBody {
  readonly letters: readonly LetterJson[];
  readonly cursor?: string;
}

@ApiTags('dead letters')
@Controller('v1')
export class DeadLettersController {
  constructor(
    private readonly catalogue: Catalogue,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Get('dead-letters')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Records that a pipeline could not process, the newest first',
    description: 'A page may have few letters, or none, and yet a cursor: at most 10 000 records are looked through.',
  })
  @ApiQuery({ name: 'pipeline', description: 'Name of the pipeline' })
  @ApiQuery({ name: 'key', required: false, description: 'Only records with this message key' })
  @ApiQuery({ name: 'reason', required: false, description: 'Such as not-decodable or expression-failed' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: LETTERS_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  async list(@Query() query: Record<string, unknown>): Promise<LettersBody> {
    const parameters = parseListParameters(query);
    const pipeline = this.catalogue.runnable(parameters.pipeline);
    const { letters, cursor } = await listLetters(pipeline, parameters, this.ports);
    const { schemas, clock } = this.ports;
    const shown = await lettersJson(pipeline, letters, schemas, clock.now());
    return { letters: shown, ...(cursor && { cursor: cursorText(cursor) }) };
  }

  @Post('dead-letters\\:replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sends dead letters to the source topic again, in their order, each once however often it is asked for',
  })
  @ApiBody({ schema: REPLAY_BODY_SCHEMA })
  @ApiOkResponse({ schema: REPLAY_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  async replay(@Req() request: Request): Promise<ReplaySummary> {
    const parameters = parseReplayBody(await requestText(request, MAX_BODY_BYTES));
    noteForAudit(request, { pipeline: parameters.pipeline });
    return replayLetters(this.catalogue.runnable(parameters.pipeline), parameters, this.ports);
  }
}
