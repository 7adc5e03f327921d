import { HttpStatus, Inject, Injectable } from '@nestjs/common';
import type { CompiledBoard, CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { BoardView } from '../core/pipeline/redis-sink-definition';
import type { BoardEntry, BoardOrder, BoardPage, BoardPlace } from '../core/ports/board-store.port';
import { type Ports, PORTS } from '../runtime/ports';
import { Catalogue } from './catalogue';
import { badParameter, ProblemException, problemType } from './problem-details';
import { limitOf, PAGE_LIMIT } from './row-parameters';

/** The query of a board; every parameter at most once. */
export interface BoardParameters {
  readonly key?: string;
  readonly limit?: string;
  readonly order?: string;
  readonly member?: string;
}

export interface FoundBoard {
  readonly place: BoardPlace;
  readonly sink: CompiledBoard;
}

/** Finds what the `redis` sinks of a pipeline keep. Any replica answers. */
@Injectable()
export class BoardsService {
  constructor(
    private readonly catalogue: Catalogue,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  /** Throws a 404 or 409 where the pipeline has no such sink, a 400 where it is not clear which of its boards is meant. */
  find(name: string, view: BoardView, { key }: BoardParameters): FoundBoard {
    const pipeline = this.catalogue.runnable(name);
    const sink = sinkOf(pipeline, view);
    if (sink.key !== undefined && key === undefined)
      throw badParameter('key', `Say which ${view} is meant: key is what "${sink.key.text}" gives for its rows.`);
    if (sink.key === undefined && key !== undefined)
      throw badParameter('key', `The pipeline has one ${view} only; leave it out.`);
    return { place: { pipeline: name, view, key }, sink };
  }

  /** Who leads is as the sink has it unless the query says otherwise. Throws a 400, TransientError. */
  async page({ place, sink }: FoundBoard, { limit, order, member }: BoardParameters): Promise<BoardPage> {
    const lead = orderOf(order) ?? sink.keeps;
    const { boards } = this.ports;
    const page = await boards.page(place, lead, limitOf(limit, PAGE_LIMIT));
    if (member === undefined) return page;
    const entry = await boards.member(place, lead, member);
    return { entries: entry ? [entry] : [], members: page.members };
  }

  seen({ place }: FoundBoard): Promise<number> {
    return this.ports.boards.seen(place);
  }
}

/** The row that put a member where it is. */
export function rowOf({ text }: BoardEntry): unknown {
  return JSON.parse(text) as unknown;
}

function sinkOf(pipeline: CompiledPipeline, view: BoardView): CompiledBoard {
  const sink = pipeline.sinks.find((candidate) => candidate.kind === 'redis' && candidate.view === view);
  if (sink?.kind === 'redis') return sink;
  throw new ProblemException({
    type: problemType('no-board'),
    title: `The pipeline has no ${view}`,
    status: HttpStatus.CONFLICT,
    detail: `Add "- redis: { ${view}: { ... } }" to the sinks of "${pipeline.name}".`,
  });
}

function orderOf(order: string | undefined): BoardOrder | undefined {
  if (order === undefined || order === 'highest' || order === 'lowest') return order;
  throw badParameter('order', `"${order}" is none; highest and lowest are.`);
}
