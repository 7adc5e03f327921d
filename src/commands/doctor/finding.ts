/** What one check found. */
export interface Finding {
  /** `away`: the server does not answer, so nothing about it can be told. */
  readonly level: 'ok' | 'warning' | 'wrong' | 'away';
  readonly subject: string;
  readonly text: string;
  /** How to put it right; present unless all is well. */
  readonly remedy?: string;
}

export const ok = (subject: string, text: string): Finding => ({ level: 'ok', subject, text });
export const warning = (subject: string, text: string, remedy: string): Finding => ({
  level: 'warning',
  subject,
  text,
  remedy,
});
export const wrong = (subject: string, text: string, remedy: string): Finding => ({
  level: 'wrong',
  subject,
  text,
  remedy,
});
export const away = (subject: string, text: string, remedy: string): Finding => ({
  level: 'away',
  subject,
  text,
  remedy,
});

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: 'ok  ', warning: 'warn', wrong: 'FAIL', away: 'AWAY' };

export function findingText({ level, subject, text, remedy }: Finding): string {
  return `${MARKS[level]}  ${subject}: ${text}${remedy === undefined ? '' : `\n      -> ${remedy}`}`;
}
