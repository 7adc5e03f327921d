import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniqueName } from './servers';

const SHIPPED = join(__dirname, '..', '..', 'pipelines');

/** The shipped pipelines of the reading platform under names of their own, over a topic of their own. */
export class ReadingCopy {
  readonly mark = uniqueName('r').replaceAll('_', '-');
  readonly topic = `${this.mark}.activity`;
  /** For MILLRACE_PIPELINES. */
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-reading-'));
  readonly names: readonly string[];

  constructor() {
    const files = readdirSync(SHIPPED).filter((name) => /^reading-\w+\.yaml$/.test(name));
    this.names = files.map((file) => this.nameOf(file.replace('.yaml', '')));
    for (const file of files) {
      const yaml = readFileSync(join(SHIPPED, file), 'utf8')
        .replace(/name: (reading-\w+)/, (_, name: string) => `name: ${this.nameOf(name)}`)
        .replace('topic: reading.activity', `topic: ${this.topic}`)
        // The events are of January: a clock of today must not close their windows.
        .replace('time: { field: at', 'time: { field: at, idleAfter: never');
      writeFileSync(join(this.folder, file), yaml);
    }
  }

  /** What a shipped pipeline is called here. */
  nameOf(shipped: string): string {
    return `${this.mark}-${shipped}`;
  }
}
