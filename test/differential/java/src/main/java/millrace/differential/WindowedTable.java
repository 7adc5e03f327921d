package millrace.differential;

import static java.time.Duration.ofMillis;

import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.Aggregator;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.TimeWindowedKStream;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The aggregation of a case, as a user of Kafka Streams writes it. Stores are in memory and not cached, so that each
 * change is seen at once, and keep exactly what the windows can still need; docs/differential.md says why.
 */
final class WindowedTable {
  private WindowedTable() {}

  static KTable<Windowed<String>, Stats> of(
      Case.Window window, KGroupedStream<String, Double> records, Aggregator<String, Double, Stats> add) {
    Duration size = ofMillis(window.sizeMs());
    Duration grace = ofMillis(window.graceMs());
    TimeWindows tumbling = TimeWindows.ofSizeAndGrace(size, grace);
    return switch (window.kind()) {
      case "tumbling" -> aggregate(records.windowedBy(tumbling), add, size.plus(grace));
      case "hopping" -> aggregate(
          records.windowedBy(tumbling.advanceBy(ofMillis(window.advanceMs()))), add, size.plus(grace));
      case "sliding" -> aggregate(
          records.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(size, grace)),
          add,
          size.multipliedBy(3).plus(grace).plusMillis(1));
      case "session" -> sessions(window, records, add);
      default -> throw new IllegalArgumentException(
          "unknown kind of window " + window.kind() + ": use tumbling, hopping, sliding or session");
    };
  }

  private static KTable<Windowed<String>, Stats> aggregate(
      TimeWindowedKStream<String, Double> windows,
      Aggregator<String, Double, Stats> add,
      Duration retention) {
    Materialized<String, Stats, WindowStore<Bytes, byte[]>> store = stored(retention);
    return windows.aggregate(() -> Stats.EMPTY, add, store);
  }

  private static KTable<Windowed<String>, Stats> sessions(
      Case.Window window, KGroupedStream<String, Double> records, Aggregator<String, Double, Stats> add) {
    Duration gap = ofMillis(window.sizeMs());
    Duration grace = ofMillis(window.graceMs());
    Materialized<String, Stats, SessionStore<Bytes, byte[]>> store = stored(gap.plus(grace).plusMillis(1));
    return records
        .windowedBy(SessionWindows.ofInactivityGapAndGrace(gap, grace))
        .aggregate(() -> Stats.EMPTY, add, (key, left, right) -> left.merge(right), store);
  }

  private static <S extends StateStore> Materialized<String, Stats, S> stored(Duration retention) {
    return Materialized.<String, Stats, S>as(new BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers())
        .withKeySerde(Serdes.String())
        .withValueSerde(Stats.SERDE)
        .withRetention(retention)
        .withCachingDisabled()
        .withLoggingDisabled();
  }
}
