package millrace.differential;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.DoubleSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Windowed;

/** One case through Kafka Streams' own test driver: one task, one partition, one record after the other. */
final class CaseRun {
  private static final String TOPIC = "readings";

  private final Map<Windowed<String>, Stats> table = new HashMap<>();
  /** How often a record has been added to a window. */
  private long additions;

  private CaseRun() {}

  static Answer of(Case given) {
    return new CaseRun().run(given);
  }

  private Answer run(Case given) {
    StreamsBuilder builder = new StreamsBuilder();
    WindowedTable.of(
            given.window(),
            builder.stream(TOPIC, Consumed.with(Serdes.String(), Serdes.Double())).groupByKey(),
            this::add)
        .toStream()
        .foreach(this::changed);
    List<Integer> late = new ArrayList<>();
    try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), settings())) {
      TestInputTopic<String, Double> topic =
          driver.createInputTopic(TOPIC, new StringSerializer(), new DoubleSerializer());
      for (int i = 0; i < given.readings().size(); i++) {
        Case.Reading reading = given.readings().get(i);
        long before = additions;
        topic.pipeInput(reading.key(), reading.x(), Instant.ofEpochMilli(reading.atMs()));
        if (additions == before) late.add(i);
      }
    }
    return new Answer(rows(), late);
  }

  private Stats add(String key, double x, Stats stats) {
    additions++;
    return stats.add(x);
  }

  /** No value is the deletion of a session that another has taken in. */
  private void changed(Windowed<String> key, Stats stats) {
    if (stats == null) table.remove(key);
    else table.put(key, stats);
  }

  private List<Answer.Row> rows() {
    return table.entrySet().stream()
        .map(entry -> {
          Windowed<String> key = entry.getKey();
          return new Answer.Row(key.key(), key.window().start(), key.window().end(), entry.getValue());
        })
        .toList();
  }

  private static Properties settings() {
    Properties settings = new Properties();
    settings.put("application.id", "reference");
    settings.put("bootstrap.servers", "none:1");
    return settings;
  }
}
