package millrace.differential;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Answers each case, a line of JSON on standard input, with a line of JSON on standard output, until the input ends. */
public final class Reference {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Reference() {}

  public static void main(String[] args) throws IOException {
    BufferedReader cases = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = cases.readLine(); line != null; line = cases.readLine()) {
      answers.println(JSON.writeValueAsString(CaseRun.of(JSON.readValue(line, Case.class))));
    }
  }
}
