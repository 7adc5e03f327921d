package millrace.bench;

import org.apache.flink.api.common.functions.AggregateFunction;

/** The running aggregate of one key and window. */
public class Stats {
  public long count;
  public double sum;
  public double min = Double.MAX_VALUE;
  public double max = -Double.MAX_VALUE;

  public Stats() {}

  String row(String location, long windowStartMs) {
    return "{\"location\":\"" + location + "\",\"window\":" + windowStartMs + ",\"count\":" + count
        + ",\"avg\":" + sum / count + ",\"min\":" + min + ",\"max\":" + max + "}";
  }

  public static class Fold implements AggregateFunction<Reading, Stats, Stats> {
    public Stats createAccumulator() {
      return new Stats();
    }

    public Stats add(Reading reading, Stats stats) {
      stats.count++;
      stats.sum += reading.pm25;
      stats.min = Math.min(stats.min, reading.pm25);
      stats.max = Math.max(stats.max, reading.pm25);
      return stats;
    }

    public Stats getResult(Stats stats) {
      return stats;
    }

    public Stats merge(Stats a, Stats b) {
      a.count += b.count;
      a.sum += b.sum;
      a.min = Math.min(a.min, b.min);
      a.max = Math.max(a.max, b.max);
      return a;
    }
  }
}
