/** Whether two types are the same, `readonly` and `?` included. */
export type Same<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;

/** A line of a type test: does not compile unless the type is `true`. */
export function holds<Truth extends true>(truth?: Truth): Truth | undefined {
  return truth;
}
