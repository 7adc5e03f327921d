import type { SinkState } from '../../core/ports/row-sink.port';
import type { Row } from '../../core/row/row';
import { isNewer } from '../../core/row/row-identity';
import { decodeVersion, encodeVersion, outerIdentity, type Version } from './row-version';

interface Sent {
  readonly version: Version;
  /** Whether the checkpoint has it. */
  kept: boolean;
}

/**
 * Rows that a topic shows although the checkpoint's task has yet to emit them: the newest version of each, by
 * {@link outerIdentity}.
 */
export class SentRows {
  private readonly sent = new Map<string, Sent>();
  /** Emitted again in deltas that leave windows half closed: a next owner would emit them once more. */
  private readonly emitted = new Map<string, Sent>();
  /** Names that the checkpoint still has. */
  private stale: string[] = [];

  /** Takes over what the checkpoint has. Its names begin with `[`, as identities do. */
  restore(state: ReadonlyMap<string, Uint8Array>): void {
    for (const [name, value] of state) {
      if (name.startsWith('[')) this.sent.set(name, { version: decodeVersion(value), kept: true });
    }
  }

  remember(identity: string, version: Version): void {
    const known = this.sent.get(identity);
    if (!known || isNewer(version, known.version)) this.sent.set(identity, { version, kept: false });
  }

  /**
   * The rows that have yet to be shown, in their order. What replaces a shown version, or is it, ends its being remembered:
   * a task never emits a version twice, nor an older one later.
   */
  unsent(rows: readonly Row[]): readonly Row[] {
    if (this.sent.size === 0) return rows;
    return rows.filter((row) => {
      const identity = outerIdentity(row);
      const known = this.sent.get(identity);
      if (!known) return true;
      const isUnsent = isNewer(row, known.version);
      if (isUnsent) this.forget(identity, known);
      else if (!isNewer(known.version, row)) this.emitted.set(identity, known);
      return isUnsent;
    });
  }

  /** No window is half closed: what was emitted will not be again. */
  settle(): void {
    for (const [identity, sent] of this.emitted) if (this.sent.get(identity) === sent) this.forget(identity, sent);
    this.emitted.clear();
  }

  /** What has changed for the checkpoint since the last call. */
  changes(): SinkState {
    const upserts: { name: string; value: Uint8Array }[] = [];
    for (const [name, sent] of this.sent) {
      if (sent.kept) continue;
      sent.kept = true;
      upserts.push({ name, value: encodeVersion(sent.version) });
    }
    const removals = this.stale;
    this.stale = [];
    return { upserts, removals };
  }

  private forget(identity: string, { kept }: Sent): void {
    this.sent.delete(identity);
    if (kept) this.stale.push(identity);
  }
}
