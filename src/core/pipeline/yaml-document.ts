import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';
import { messageOf } from '../errors';
import { type Finding, findingText } from './finding';
import type { Problem } from './problem';

/** One document of a YAML or JSON file, with the places of its parts. */
export interface SourceDocument {
  /** What the parser found wrong: syntax, names given twice. */
  readonly problems: readonly Problem[];
  /** `undefined` when the document cannot be read; `null` when it is empty. */
  readonly value: unknown;
  /** The place of a finding. */
  locate(finding: Finding): Problem;
}

/** Reads all documents of a file; places count from 1. */
export function readDocuments(text: string, file: string): SourceDocument[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const problemAt = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col), message };
  };
  return (Array.isArray(parsed) ? parsed : []).map((document: Document) => ({
    ...read(document, text, problemAt),
    locate: (finding) => problemAt(offsetOf(document, text, finding), findingText(finding)),
  }));
}

type ProblemAt = (offset: number, message: string) => Problem;

function read(document: Document, text: string, problemAt: ProblemAt): Pick<SourceDocument, 'problems' | 'value'> {
  const problems = document.errors.map(({ code, message, pos: [start] }) =>
    problemAt(
      start,
      code === 'DUPLICATE_KEY' ? `${nameFrom(text, start)} is given twice` : message.replace(/\s+/g, ' '),
    ),
  );
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { problems, value: undefined };
  try {
    return { problems, value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return { problems: [...problems, problemAt(document.range?.[0] ?? 0, messageOf(error))], value: undefined };
  }
}

function nameFrom(text: string, start: number): string {
  const name = /^["']?([^"':\s]+)/.exec(text.slice(start, start + 100))?.[1];
  return name === undefined ? 'a name' : `"${name}"`;
}

/** The start of what a finding is about; of the nearest part around it when that is missing. */
function offsetOf(document: Document, text: string, { path, at, offset }: Finding): number {
  let node: unknown = document.contents;
  let name: unknown;
  for (const [i, step] of path.entries()) {
    const child = childOf(resolved(node, document), step);
    if (!child) return startOf(name) ?? startOf(node) ?? 0;
    ({ node, name } = child);
    if (i === path.length - 1 && at === 'name') return startOf(name) ?? startOf(node) ?? 0;
  }
  const start = startOf(node) ?? startOf(name) ?? 0;
  return offset === undefined ? start : start + offsetInScalar(node, text, offset);
}

function childOf(parent: unknown, step: string | number): { node: unknown; name: unknown } | undefined {
  if (isSeq(parent) && typeof step === 'number') {
    const node = parent.items[step];
    return node === undefined ? undefined : { node, name: undefined };
  }
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
  );
  return pair && { node: pair.value, name: pair.key };
}

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

/** Where the text's characters stand in the file as they are: plain or quoted on one line, without escapes. */
function offsetInScalar(node: unknown, text: string, offset: number): number {
  if (!isScalar(node) || !node.range || typeof node.value !== 'string') return 0;
  const [start, end] = node.range;
  const written = text.slice(start, end);
  if (written === node.value) return offset;
  return written.slice(1, -1) === node.value ? offset + 1 : 0;
}
