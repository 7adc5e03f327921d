import type { Row } from '../../core/row/row';

const END_DIGITS = 16;
const REVISION_DIGITS = 20;

/**
 * Orders the versions of one member: a later window is newer, then the greater revision, then the deletion. Windows that
 * were merged end where the merged one ends or before, and have lesser revisions.
 */
export function versionOf({ window, revision, values }: Row): string {
  const end = String(window?.endMs ?? 0).padStart(END_DIGITS, '0');
  return `${end}:${revision.toString().padStart(REVISION_DIGITS, '0')}:${values === undefined ? 1 : 0}`;
}
