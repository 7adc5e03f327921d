import { IdleEvidence } from '../../../src/runtime/idle-evidence';

describe('evidence that a partition is idle', () => {
  let nowMs: number;
  let evidence: IdleEvidence;
  const isQuiet = (position = 5n): boolean => evidence.isQuiet(position, 1_000, nowMs);

  beforeEach(() => {
    nowMs = 0;
    evidence = new IdleEvidence({ now: () => nowMs });
    evidence.endOffset = 5n;
    nowMs = 1_000;
  });

  it('is there when the whole log is processed and nothing came for the time', () => {
    expect(isQuiet()).toBe(true);
  });

  it('is not there a moment earlier', () => {
    nowMs = 999;
    expect(isQuiet()).toBe(false);
  });

  it('is not there while the log has more', () => {
    expect(isQuiet(4n)).toBe(false);
  });

  it('is not there while records are at work or delivery is held up, and begins anew after that', () => {
    const processed = evidence.disturb();
    const resumed = evidence.disturb();
    nowMs = 5_000;
    processed();
    nowMs = 9_000;
    expect(isQuiet()).toBe(false);
    resumed();
    expect(isQuiet()).toBe(false);
    nowMs = 10_000;
    expect(isQuiet()).toBe(true);
  });
});
