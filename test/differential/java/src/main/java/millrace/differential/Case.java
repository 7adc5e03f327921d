package millrace.differential;

import java.util.List;

/** A window and the records that go through it, in order of arrival. */
record Case(Window window, List<Reading> readings) {

  /** `advanceMs` belongs to hopping windows; `sizeMs` of a session window is its gap. */
  record Window(String kind, long sizeMs, long advanceMs, long graceMs) {}

  /** `atMs` is in epoch milliseconds. */
  record Reading(String key, long atMs, double x) {}
}
