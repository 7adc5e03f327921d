import { parse } from 'yaml';

/** A record of the page, or a step of the clock between two of them. */
export type Step =
  { readonly n: number; readonly sensor: string; readonly at: string } | { readonly advanceTo: string };

/** A definition on the page, the records before it, and the rows after it. */
export interface Example {
  readonly spec: Record<string, unknown>;
  readonly steps: readonly Step[];
  /** Where the expected rows stand in the page. */
  readonly rowsAt: number;
  readonly rows: string;
}

/** A link to a picture, and the example above it. */
export interface Picture {
  readonly path: string;
  readonly example: Example;
}

export interface Page {
  readonly examples: readonly Example[];
  readonly pictures: readonly Picture[];
}

const PARTS = /```(?<language>\w+)\n(?<text>[\s\S]*?)```|!\[[^\]]*\]\((?<path>images\/[^)]+)\)/g;

/**
 * Reads a page: the first `yaml` block is a pipeline, a later one changes parts of its `spec`; a `json` block is the input
 * from there on, one record or step on a line; a `text` block holds the rows that the definition above it gives.
 */
export function readPage(markdown: string): Page {
  const examples: Example[] = [];
  const pictures: Picture[] = [];
  let base: Record<string, unknown> | undefined;
  let spec: Record<string, unknown> = {};
  let steps: Step[] = [];
  for (const { groups, index } of markdown.matchAll(PARTS)) {
    const { language, text = '', path } = groups as { language?: string; text?: string; path?: string };
    if (path !== undefined) pictures.push({ path, example: examples.at(-1)! });
    if (language === 'json') steps = text.trim().split('\n').map(parseLine);
    if (language === 'yaml') {
      const parsed = parse(text) as Record<string, unknown>;
      spec = base ? { ...base, ...parsed } : (parsed['spec'] as Record<string, unknown>);
      base ??= spec;
    }
    if (language === 'text') {
      examples.push({ spec, steps, rows: text, rowsAt: index + '```text\n'.length });
    }
  }
  return { examples, pictures };
}

function parseLine(line: string): Step {
  return JSON.parse(line) as Step;
}
