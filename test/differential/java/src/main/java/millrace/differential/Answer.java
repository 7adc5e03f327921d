package millrace.differential;

import java.util.List;

/** What is in the table once all records are in, and the indexes of the records that changed nothing in it. */
record Answer(List<Row> rows, List<Integer> late) {

  /** Times in epoch milliseconds, as Kafka Streams has them. */
  record Row(String key, long startMs, long endMs, Stats values) {}
}
