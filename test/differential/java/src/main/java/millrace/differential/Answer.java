package millrace.differential;

import java.util.List;

/** What is in the table once all records are in, and the indexes of the readings that were added to no window. */
record Answer(List<Row> rows, List<Integer> late) {

  /** Times in epoch milliseconds, as Kafka Streams has them. */
  record Row(String key, long startMs, long endMs, Stats values) {}
}
