package millrace.bench;

import java.util.concurrent.atomic.AtomicLong;

/** Tells the driver, on standard output, when the first and the last record were taken: `FIRST ms`, `LAST ms`. */
final class Progress {
  private static final AtomicLong taken = new AtomicLong();
  private static volatile long expected = Long.MAX_VALUE;

  private Progress() {}

  static void expect(long records) {
    expected = records;
  }

  static void recordTaken() {
    long n = taken.incrementAndGet();
    if (n == 1) say("FIRST");
    if (n == expected) say("LAST");
  }

  private static void say(String what) {
    System.out.println(what + " " + System.currentTimeMillis());
  }
}
