/** A parsed manifest. */
type Manifest = Readonly<Record<string, unknown>>;
type Rule = (objects: readonly Manifest[]) => string[];

export function isPinned(image: string): boolean;
export const imagesArePinned: Rule;
export const podsAreRestricted: Rule;
export function settingsAreKnown(objects: readonly Manifest[], names: readonly string[]): string[];
export const shutdownFits: Rule;
export function referencesResolve(objects: readonly Manifest[], given?: readonly string[]): string[];
