package millrace.bench;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** The running aggregate of one key and window, 32 bytes in the store. */
record Stats(long count, double sum, double min, double max) {
  static final Stats EMPTY = new Stats(0, 0, Double.MAX_VALUE, -Double.MAX_VALUE);
  static final Serde<Stats> SERDE =
      Serdes.serdeFrom((topic, stats) -> encode(stats), (topic, bytes) -> decode(bytes));

  Stats add(double value) {
    return new Stats(count + 1, sum + value, Math.min(min, value), Math.max(max, value));
  }

  String row(String location, long windowStartMs) {
    return "{\"location\":\"" + location + "\",\"window\":" + windowStartMs + ",\"count\":" + count
        + ",\"avg\":" + sum / count + ",\"min\":" + min + ",\"max\":" + max + "}";
  }

  private static byte[] encode(Stats s) {
    if (s == null) return null;
    return ByteBuffer.allocate(32).putLong(s.count).putDouble(s.sum).putDouble(s.min).putDouble(s.max).array();
  }

  private static Stats decode(byte[] bytes) {
    if (bytes == null) return null;
    ByteBuffer b = ByteBuffer.wrap(bytes);
    return new Stats(b.getLong(), b.getDouble(), b.getDouble(), b.getDouble());
  }
}
