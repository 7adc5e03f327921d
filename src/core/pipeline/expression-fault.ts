import { aggregatorNames } from '../aggregates/registry';
import { celEnvironment, celFunctionNames, type Expression, type ExpressionFault, faultOf } from './cel';
import { nearest, suggestion } from './nearest';

export type CheckedExpression =
  { readonly expression: Expression; readonly type: string } | { readonly fault: ExpressionFault };

/** Parses and type-checks an expression. */
export function checkExpression(text: string): CheckedExpression {
  let expression: Expression;
  try {
    expression = celEnvironment.parse(text);
  } catch (error) {
    return { fault: faultOf(error) };
  }
  const checked = expression.check();
  if (checked.valid) return { expression, type: checked.type ?? 'dyn' };
  return { fault: withKnownNames(faultOf(checked.error)) };
}

/** Says `unknown function` where the library says that no overload matches. */
function withKnownNames(fault: ExpressionFault): ExpressionFault {
  if (fault.code !== 'no_matching_overload' || fault.node?.op !== 'call') return fault;
  const [name] = fault.node.args;
  const functions = celFunctionNames();
  if (functions.includes(name)) return fault;
  if (aggregatorNames().includes(name)) {
    return { ...fault, message: `"${name}" is an aggregate; name it under spec.aggregate and use that name` };
  }
  const meant = nearest(name, functions);
  return { ...fault, message: `unknown function "${name}"${meant ? suggestion(name, [meant]) : ''}` };
}
