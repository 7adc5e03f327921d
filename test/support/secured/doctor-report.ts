import { doctor } from '../../../src/commands/doctor.command';
import { processIo } from '../../../src/commands/command-io';
import { loadConfig } from '../../../src/config/config';

const TIMEOUT_MS = 30_000;

/** What `millrace doctor` found. */
export interface DoctorReport {
  readonly exitCode: number;
  /** All that it printed. */
  readonly text: string;
  /** Findings that are not ok, without their remedies. */
  readonly problems: readonly string[];
  /** Of those, in order. */
  readonly remedies: readonly string[];
}

/** Runs `millrace doctor` in this process with these settings alone. */
export async function doctorReport(environment: Readonly<Record<string, string>>): Promise<DoctorReport> {
  const lines: string[] = [];
  const io = { ...processIo, out: (line: string) => void lines.push(...line.split('\n')) };
  const exitCode = await doctor(loadConfig(environment), { timeoutMs: TIMEOUT_MS }, io);
  return {
    exitCode,
    text: lines.join('\n'),
    problems: lines.filter((line) => /^(?:FAIL|warn|AWAY) /.test(line)),
    remedies: lines.flatMap((line) => /^ +-> (.*)/.exec(line)?.[1] ?? []),
  };
}
