/** What is known of one step of time: an hour, five minutes. */
export interface Step {
  /** Steps since the epoch. */
  readonly index: number;
}

/**
 * The step of an index among those kept, which are in order of time; made when it is not there. Only the newest and the
 * `most - 1` steps of time before it are kept, whether or not something is known of each: `undefined` for one that is
 * older. What is dropped would be dropped in any other order of arrival too, so that merging stays exact.
 */
export function stepAt<Kept extends Step>(
  steps: Kept[],
  index: number,
  { most, make }: { readonly most: number; readonly make: (index: number) => Kept },
): Kept | undefined {
  let at = steps.length;
  while (at > 0 && steps[at - 1]!.index > index) at--;
  const known = steps[at - 1];
  if (known?.index === index) return known;
  const newest = Math.max(index, steps.at(-1)?.index ?? index);
  if (index <= newest - most) return undefined;
  const made = make(index);
  steps.splice(at, 0, made);
  while (steps[0]!.index <= newest - most) steps.shift();
  return made;
}
