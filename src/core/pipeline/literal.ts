import type { ASTNode } from '@marcbachmann/cel-js';
import type { JsonValue } from '../json';

/** The value of a number, text, boolean, null or list of them that is written out; `undefined` for any other expression. */
export function literalOf(node: ASTNode): JsonValue | undefined {
  if (node.op === 'value') return valueOf(node.args);
  if (node.op === '-_') return negative(literalOf(node.args));
  return node.op === 'list' ? listOf(node.args) : undefined;
}

function valueOf(value: unknown): JsonValue | undefined {
  if (typeof value === 'bigint') return Number(value);
  const isJson = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' || value === null;
  return isJson ? value : undefined;
}

function negative(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'number' ? -value : undefined;
}

function listOf(nodes: readonly ASTNode[]): JsonValue | undefined {
  const values: JsonValue[] = [];
  for (const node of nodes) {
    const value = literalOf(node);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
