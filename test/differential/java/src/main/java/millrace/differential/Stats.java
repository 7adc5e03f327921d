package millrace.differential;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** The aggregate of one key and window, under the names that the definitions give it. */
record Stats(long n, double total, double least, double most) {
  static final Stats EMPTY = new Stats(0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  static final Serde<Stats> SERDE =
      Serdes.serdeFrom((topic, stats) -> encode(stats), (topic, bytes) -> decode(bytes));

  @JsonProperty
  double mean() {
    return total / n;
  }

  Stats add(double x) {
    return new Stats(n + 1, total + x, Math.min(least, x), Math.max(most, x));
  }

  Stats merge(Stats other) {
    return new Stats(
        n + other.n, total + other.total, Math.min(least, other.least), Math.max(most, other.most));
  }

  private static byte[] encode(Stats s) {
    if (s == null) return null;
    return ByteBuffer.allocate(32).putLong(s.n).putDouble(s.total).putDouble(s.least).putDouble(s.most).array();
  }

  private static Stats decode(byte[] bytes) {
    if (bytes == null) return null;
    ByteBuffer b = ByteBuffer.wrap(bytes);
    return new Stats(b.getLong(), b.getDouble(), b.getDouble(), b.getDouble());
  }
}
