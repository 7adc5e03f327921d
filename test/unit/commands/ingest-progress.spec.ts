import { progressDisplay } from '../../../src/commands/ingest-progress';

describe('progress of an ingestion', () => {
  it('is a line every five seconds where there is no terminal, with rate and time left', () => {
    let nowMs = 0;
    const lines: string[] = [];
    const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
    const display = progressDisplay({ stream, totalBytes: 1_000, clock: { now: () => nowMs } });
    const at = (ms: number, produced: number, bytesRead: number) => {
      nowMs = ms;
      display.update({ produced, bytesRead, unreadable: 0, undecodable: 0, tooLarge: 0 });
    };
    at(1_000, 10, 100);
    at(5_000, 50, 500);
    at(6_000, 60, 600);
    at(10_000, 80, 800);
    expect(lines).toEqual(['50 records, 10 records/s, 50 %, 5 s left\n', '80 records, 8 records/s, 80 %, 3 s left\n']);
  });
});
