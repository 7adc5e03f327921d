package millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** One reading; public fields and constructor make it a Flink POJO, its fastest kind of type. */
public class Reading {
  private static final ObjectMapper JSON = new ObjectMapper();

  public String location;
  public long ts;
  public double pm25;

  public Reading() {}

  static Reading parse(byte[] value) throws IOException {
    Progress.recordTaken();
    JsonNode json = JSON.readTree(value);
    Reading reading = new Reading();
    reading.location = json.get("location").asText();
    reading.ts = json.get("ts").asLong();
    reading.pm25 = json.get("pm25").asDouble();
    return reading;
  }
}
