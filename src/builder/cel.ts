declare const result: unique symbol;

/** An expression in CEL, where a plain text would be a name. */
export interface Cel<Result = unknown> {
  readonly cel: string;
  readonly [result]?: Result;
}

/**
 * CEL where the builder would take a text for a name: `avg(cel('pm25 * 1.2'))`. What it gives is not checked before it
 * runs; say it where types have to go on: `derive({ twice: cel<number>('pm25 * 2') })`.
 */
export function cel<Result = unknown>(text: string): Cel<Result> {
  return { cel: text };
}

/** The expression's text, or the name as it is. */
export function celText(given: string | Cel): string {
  return typeof given === 'string' ? given : given.cel;
}
