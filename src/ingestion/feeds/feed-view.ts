import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import { durationText } from '../../core/pipeline/duration';
import type { FeedEntry } from '../../core/ports/feed-ledger.port';
import { decodeReport, type FeedReport } from './feed-report';
import { shown } from './http-request';

/** A feed as `GET /v1/feeds` shows it: nothing of it is secret. */
export interface FeedView {
  readonly name: string;
  readonly description?: string;
  readonly kind: 'http-poll' | 'file' | 'webhook' | 'generator';
  readonly topic: string;
  /** Where items come from: an address without its query, a file, a path of this service. */
  readonly from: string;
  /** When: `every 30s`, a cron text, `100 records/s`, `on delivery`. */
  readonly when: string;
  readonly state: FeedReport['state'] | 'disabled';
  /** The process that runs it. */
  readonly runsOn?: string;
  /** What that process last said. */
  readonly status?: Omit<FeedReport, 'state'>;
}

export function feedView({ name, definition }: CompiledFeed, entry: FeedEntry): FeedView {
  const { spec, metadata } = definition;
  const report = entry.report === undefined ? undefined : decodeReport(entry.report);
  const { state: reported, ...status } = report ?? { state: 'waiting' as const };
  return {
    name,
    ...(metadata.description !== undefined && { description: metadata.description }),
    ...{ kind: spec.source.kind, topic: spec.topic, from: fromOf(definition), when: whenOf(definition) },
    state: stateOf(definition, entry, reported),
    ...(entry.holder !== undefined && { runsOn: entry.holder }),
    ...(report && { status: status as Omit<FeedReport, 'state'> }),
  };
}

type Definition = CompiledFeed['definition'];

function stateOf({ spec }: Definition, { holder }: FeedEntry, reported: FeedReport['state']): FeedView['state'] {
  if (!spec.enabled) return 'disabled';
  if (spec.source.kind === 'webhook') return 'running';
  return holder === undefined && reported !== 'ended' ? 'waiting' : reported;
}

function fromOf({ metadata, spec: { source } }: Definition): string {
  switch (source.kind) {
    case 'http-poll':
      return shown(source.url);
    case 'file':
      return source.path;
    case 'webhook':
      return `/v1/feeds/${metadata.name}`;
    case 'generator':
      return `seed ${source.seed}`;
  }
}

function whenOf({ spec: { source } }: Definition): string {
  switch (source.kind) {
    case 'http-poll':
      return source.every === undefined ? `${source.cron} (${source.zone})` : `every ${durationText(source.every)}`;
    case 'webhook':
      return 'on delivery';
    case 'file':
    case 'generator':
      return `${source.rate} records/s`;
  }
}
