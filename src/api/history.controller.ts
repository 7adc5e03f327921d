import { Controller, Get, Header, HttpStatus, Inject, Param, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { ConfigError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { JsonPrimitive, JsonValue } from '../core/json';
import { type HistoryEnd, KeyHistory, type KeyState } from '../runtime/history/key-history';
import { type Ports, PORTS } from '../runtime/ports';
import { Catalogue } from './catalogue';
import { typedKeys } from './key-match';
import { badParameter, ProblemException, problemType } from './problem-details';
import { timeOf } from './row-parameters';
import { integer, object, PROBLEM_SCHEMA, text } from './schemas';

const OFFSET = /^offset:(\d{1,18})$/;

interface HistoryBody {
  readonly pipeline: string;
  readonly key: Readonly<Record<string, JsonPrimitive>>;
  readonly partition: number;
  readonly nextOffset: string;
  readonly events: number;
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly snapshotOffset?: string;
}

const HISTORY_SCHEMA = object(
  {
    pipeline: text,
    key: { type: 'object', additionalProperties: true },
    partition: integer,
    nextOffset: { ...text, description: 'The state is that of all records of the partition before it' },
    events: { ...integer, description: 'Records of the key that are in it' },
    values: { type: 'object', additionalProperties: true },
    snapshotOffset: { ...text, description: 'Where it went on from a snapshot' },
  },
  ['pipeline', 'key', 'partition', 'nextOffset', 'events', 'values'],
);

@ApiTags('pipelines')
@Controller('v1/pipelines')
export class HistoryController {
  private readonly history: KeyHistory;

  constructor(
    private readonly catalogue: Catalogue,
    @Inject(PORTS) ports: Ports,
  ) {
    this.history = new KeyHistory(ports);
  }

  @Get(':name/history')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'What a key was at any time, from its events in the source topic (global windows)',
    description: 'Snapshots on the way make the next question short. 503 says how far it came: ask again.',
  })
  @ApiQuery({ name: 'key.*', description: 'All fields of the key' })
  @ApiQuery({ name: 'at', required: false, description: 'A time, ISO 8601 or epoch ms, or offset:<n>; default now' })
  @ApiOkResponse({ schema: HISTORY_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  @ApiConflictResponse({ schema: PROBLEM_SCHEMA, description: 'The topic cannot tell' })
  async at(@Param('name') name: string, @Query() query: Record<string, unknown>): Promise<HistoryBody> {
    const pipeline = this.catalogue.runnable(name);
    const { keys, end } = historyParameters(pipeline, query);
    const { key, state } = await this.first(pipeline, keys, end);
    if (!state.isWhole) throw notWhole(state.nextOffset);
    const { partition, nextOffset, events, values, snapshotOffset } = state;
    return {
      pipeline: name,
      key: Object.fromEntries(pipeline.keyNames.map((field, i) => [field, key[i]!])),
      ...{ partition, nextOffset: nextOffset.toString(), events, values },
      ...(snapshotOffset !== undefined && { snapshotOffset: snapshotOffset.toString() }),
    };
  }

  /** A URL has no types: of the keys that read like this, the first that has events. */
  private async first(pipeline: CompiledPipeline, keys: Keys, end: HistoryEnd): Promise<Found> {
    let found: Found | undefined;
    for (const key of keys) {
      found = { key, state: await this.stateOf(pipeline, key, end) };
      if (found.state.events > 0) break;
    }
    return found!;
  }

  private async stateOf(pipeline: CompiledPipeline, key: Keys[number], end: HistoryEnd): Promise<KeyState> {
    try {
      return await this.history.at(pipeline, key, end);
    } catch (error) {
      if (error instanceof ConfigError) throw noHistory(error.message);
      throw error;
    }
  }
}

type Keys = readonly (readonly JsonPrimitive[])[];

interface Found {
  readonly key: readonly JsonPrimitive[];
  readonly state: KeyState;
}

function historyParameters(
  { keyNames }: CompiledPipeline,
  query: Readonly<Record<string, unknown>>,
): { readonly keys: Keys; readonly end: HistoryEnd } {
  const known = [...keyNames.map((name) => `key.${name}`), 'at'];
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name)) throw badParameter(name, `It is not known here. Known ones: ${known.join(', ')}.`);
    if (typeof value !== 'string') throw badParameter(name, 'It must be given once.');
    texts.set(name.replace(/^key\./, ''), value);
  }
  const missing = keyNames.find((name) => !texts.has(name));
  if (missing !== undefined) throw badParameter(`key.${missing}`, 'It is needed: a history is that of one key.');
  return { keys: typedKeys(keyNames, texts) ?? [[]], end: endOf(texts.get('at')) };
}

function endOf(at: string | undefined): HistoryEnd {
  const offset = OFFSET.exec(at ?? '')?.[1];
  if (offset !== undefined) return { offset: BigInt(offset) };
  const timestampMs = timeOf('at', at);
  return timestampMs === undefined ? 'now' : { timestampMs };
}

function noHistory(detail: string): ProblemException {
  return new ProblemException({
    type: problemType('no-history'),
    title: 'The topic cannot tell the history of a key',
    status: HttpStatus.CONFLICT,
    detail,
  });
}

function notWhole(nextOffset: bigint): ProblemException {
  return new ProblemException({
    type: problemType('history-not-read'),
    title: 'There are more events than one request reads',
    status: HttpStatus.SERVICE_UNAVAILABLE,
    detail: `The events up to offset ${nextOffset} are read, and a snapshot of them is kept: ask again, it goes on from there.`,
    nextOffset: nextOffset.toString(),
  });
}
