import { type Expression, type ExpressionFault, faultOf } from './cel';
import type { Language } from './language';
import { nearest, suggestion } from './nearest';

export type CheckedExpression =
  { readonly expression: Expression; readonly type: string } | { readonly fault: ExpressionFault };

/** Parses and type-checks an expression. */
export function checkExpression(text: string, language: Language): CheckedExpression {
  let expression: Expression;
  try {
    expression = language.cel.parse(text);
  } catch (error) {
    return { fault: faultOf(error) };
  }
  const checked = expression.check();
  if (checked.valid) return { expression, type: checked.type ?? 'dyn' };
  return { fault: withKnownNames(faultOf(checked.error), language) };
}

/** Says `unknown function` where the library says that no overload matches. */
function withKnownNames(fault: ExpressionFault, { functionNames, aggregates }: Language): ExpressionFault {
  if (fault.code !== 'no_matching_overload' || fault.node?.op !== 'call') return fault;
  const [name] = fault.node.args;
  if (functionNames.includes(name)) return fault;
  if (aggregates.names.includes(name)) {
    return { ...fault, message: `"${name}" is an aggregate; name it under spec.aggregate and use that name` };
  }
  const meant = nearest(name, functionNames);
  return { ...fault, message: `unknown function "${name}"${meant ? suggestion(name, [meant]) : ''}` };
}
