package millrace.bench;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Flink in one process: heap state, checkpoint every second to a local folder, exactly-once sink, one row per window
 * when it closes. A 30 s bound on disorder stands for the grace: the window closes at the same stream time.
 * Event time is the record's timestamp. Runs until it is told to stop.
 * Arguments: brokers, input topic, output topic, transaction prefix, checkpoint folder, records.
 */
public final class FlinkPeer {
  public static void main(String[] args) throws Exception {
    Progress.expect(Long.parseLong(args[5]));
    Configuration settings = new Configuration();
    settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file://" + args[4]);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
    env.enableCheckpointing(1000);
    env.getConfig().enableObjectReuse();
    env.fromSource(source(args[0], args[1], args[3]),
            WatermarkStrategy.<byte[]>forBoundedOutOfOrderness(Duration.ofSeconds(30)), "readings")
        .map(Reading::parse)
        .keyBy(reading -> reading.location)
        .window(TumblingEventTimeWindows.of(Duration.ofSeconds(60)))
        .aggregate(new Stats.Fold(), new Row())
        .sinkTo(sink(args[0], args[2], args[3]));
    env.execute("bench");
  }

  private static KafkaSource<byte[]> source(String brokers, String topic, String group) {
    return KafkaSource.<byte[]>builder().setBootstrapServers(brokers).setTopics(topic).setGroupId(group)
        .setStartingOffsets(OffsetsInitializer.earliest()).setValueOnlyDeserializer(new Bytes()).build();
  }

  private static KafkaSink<String> sink(String brokers, String topic, String prefix) {
    return KafkaSink.<String>builder().setBootstrapServers(brokers)
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE).setTransactionalIdPrefix(prefix)
        .setProperty("transaction.timeout.ms", "600000")
        .setRecordSerializer(KafkaRecordSerializationSchema.<String>builder().setTopic(topic)
            .setValueSerializationSchema(new SimpleStringSchema()).build())
        .build();
  }

  public static class Bytes extends AbstractDeserializationSchema<byte[]> {
    public byte[] deserialize(byte[] value) {
      return value;
    }
  }

  public static class Row extends ProcessWindowFunction<Stats, String, String, TimeWindow> {
    public void process(String location, Context context, Iterable<Stats> stats, Collector<String> out) {
      out.collect(stats.iterator().next().row(location, context.window().getStart()));
    }
  }
}
