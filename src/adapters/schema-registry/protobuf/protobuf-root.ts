import { common, Namespace, type NamespaceBase, parse, Root } from 'protobufjs';
import { messageOf } from '../../../core/errors';
import { SchemaError, type WholeSchema } from '../schema-driver';

const OPTIONS = { keepCase: true };

export interface ProtobufRoot {
  readonly root: Root;
  /** What holds the messages of the schema itself. */
  readonly own: NamespaceBase;
}

/** Reads a `.proto` text and what it imports. Throws SchemaError. */
export function protobufRoot({ text, uses }: WholeSchema): ProtobufRoot {
  const root = new Root();
  try {
    // The schema itself comes first: a message's position counts the messages of its own file.
    const { package: name, imports = [], weakImports = [] } = parse(text, root, OPTIONS);
    const known = new Map(uses.map((used) => [used.name, used.text]));
    const inner = [...known.values()].flatMap((used) => importsIn(parse(used, root, OPTIONS)));
    for (const imported of new Set([...imports, ...weakImports, ...inner])) {
      if (!known.has(imported)) addWellKnown(root, imported);
    }
    root.resolveAll();
    return { root, own: name === undefined || name === '' ? root : namespaceOf(root, name) };
  } catch (error) {
    throw error instanceof SchemaError ? error : new SchemaError(`it is no Protobuf schema: ${messageOf(error)}`);
  }
}

function namespaceOf(root: Root, name: string): NamespaceBase {
  const found = root.lookup(name);
  if (found instanceof Namespace) return found;
  throw new SchemaError(`package ${name} is not in it`);
}

function importsIn({ imports = [], weakImports = [] }: ReturnType<typeof parse>): readonly string[] {
  return [...imports, ...weakImports];
}

function addWellKnown(root: Root, name: string): void {
  const bundled = common.get(name);
  if (!bundled?.nested) throw new SchemaError(`it imports ${name}, which is not among its references`);
  root.addJSON(bundled.nested);
}
