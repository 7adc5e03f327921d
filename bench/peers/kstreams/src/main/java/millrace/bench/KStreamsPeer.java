package millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.Suppressed.BufferConfig;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;

/**
 * Kafka Streams, exactly once v2, RocksDB, commit every 100 ms, two threads. `emit` is `final` (suppressed until the
 * window closes) or `updates`. Runs until it is told to stop.
 * Arguments: brokers, input topic, output topic, application id, state folder, records, emit.
 */
public final class KStreamsPeer {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) {
    Progress.expect(Long.parseLong(args[5]));
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("application.id", args[3]);
    settings.put("state.dir", args[4]);
    settings.put("processing.guarantee", "exactly_once_v2");
    settings.put("commit.interval.ms", "100");
    settings.put("num.stream.threads", "2");
    settings.put("replication.factor", "1");
    settings.put("auto.offset.reset", "earliest");
    KafkaStreams streams = new KafkaStreams(topology(args[1], args[2], args[6]), settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
    streams.start();
  }

  private static Topology topology(String input, String output, String emit) {
    StreamsBuilder builder = new StreamsBuilder();
    KTable<Windowed<String>, Stats> table = builder
        .stream(input, Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .mapValues(KStreamsPeer::pm25)
        .groupByKey(Grouped.with(Serdes.String(), Serdes.Double()))
        .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofSeconds(60), Duration.ofSeconds(30)))
        .aggregate(() -> Stats.EMPTY, (key, value, stats) -> stats.add(value), Materialized.with(Serdes.String(), Stats.SERDE));
    if (emit.equals("final")) table = table.suppress(Suppressed.untilWindowCloses(BufferConfig.unbounded()));
    table.toStream().map(KStreamsPeer::row).to(output, Produced.with(Serdes.String(), Serdes.String()));
    return builder.build();
  }

  private static double pm25(byte[] value) {
    Progress.recordTaken();
    try {
      return JSON.readTree(value).get("pm25").asDouble();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyValue<String, String> row(Windowed<String> key, Stats stats) {
    long start = key.window().start();
    return KeyValue.pair(key.key() + "|" + start, stats.row(key.key(), start));
  }
}
