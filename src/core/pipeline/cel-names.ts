import type { ASTNode } from '@marcbachmann/cel-js';

/** One mention of a variable: `name`, with `field` for `name.field` and `name["field"]`. */
export interface Mention {
  readonly name: string;
  readonly field: string | undefined;
  /** Where in the expression's text the name, and where the field starts. */
  readonly start: number;
  readonly fieldStart: number;
}

/** Methods whose first argument is a variable of their own. */
const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Every variable that an expression takes from outside, in the order of its text. */
export function mentionsIn(ast: ASTNode): Mention[] {
  const found: Mention[] = [];
  visit(ast, new Set(), found);
  return found;
}

/** Names of the functions that an expression calls, methods not among them. */
export function callsIn(ast: ASTNode): string[] {
  const found: string[] = ast.op === 'call' ? [ast.args[0]] : [];
  return [...found, ...partsOf(ast).flatMap(callsIn)];
}

function partsOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return [];
  if (isAccess(node)) return (node.args as readonly (ASTNode | string)[]).filter((part) => typeof part !== 'string');
  if (node.op === 'rcall') return [node.args[1], ...node.args[2]];
  return operandsOf(node);
}

type Bound = ReadonlySet<string>;

function visit(node: ASTNode, bound: Bound, found: Mention[]): void {
  if (node.op === 'value') return;
  if (node.op === 'id') {
    if (!bound.has(node.args)) found.push(bareMention(node));
  } else if (isAccess(node)) visitAccess(node, bound, found);
  else if (node.op === 'rcall') visitMethod(node, bound, found);
  else for (const operand of operandsOf(node)) visit(operand, bound, found);
}

type Access = Extract<ASTNode, { op: '.' | '.?' | '[]' | '[?]' }>;
type Operation = Exclude<ASTNode, { op: Access['op'] | 'value' | 'id' | 'rcall' }>;

function isAccess(node: ASTNode): node is Access {
  return node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';
}

function operandsOf(node: Operation): readonly ASTNode[] {
  if (node.op === 'call') return node.args[1];
  if (node.op === 'map') return node.args.flat();
  if (node.op === '!_' || node.op === '-_') return [node.args];
  return node.args;
}

function bareMention(node: ASTNode & { op: 'id' }): Mention {
  return { name: node.args, field: undefined, start: node.range.start, fieldStart: node.range.start };
}

function visitAccess(node: Access, bound: Bound, found: Mention[]): void {
  const [from, what] = node.args;
  const field =
    typeof what === 'string' ? what : what.op === 'value' && typeof what.args === 'string' ? what.args : undefined;
  if (from.op !== 'id' || bound.has(from.args) || field === undefined) visit(from, bound, found);
  else found.push({ name: from.args, field, start: from.range.start, fieldStart: fieldStart(node, what) });
  if (typeof what !== 'string') visit(what, bound, found);
}

function fieldStart(node: ASTNode, what: string | ASTNode): number {
  return typeof what === 'string' ? node.range.end - what.length : what.range.start;
}

function visitMethod(node: ASTNode & { op: 'rcall' }, bound: Bound, found: Mention[]): void {
  const [method, receiver, args] = node.args;
  const isBind = method === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
  if (!isBind) visit(receiver, bound, found);
  const variable = args[0];
  if ((isBind || COMPREHENSIONS.has(method)) && variable?.op === 'id') {
    const inner = new Set(bound).add(variable.args);
    return args.slice(1).forEach((argument) => visit(argument, inner, found));
  }
  args.forEach((argument) => visit(argument, bound, found));
}
