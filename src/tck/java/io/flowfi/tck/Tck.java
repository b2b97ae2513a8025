package io.flowfi.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.flowfi.container.OutputMode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The TCK's tests for SSE on each output. Exits with 1 if other tests fail than those of the known
 * {@link Deviation}s, or if not all of them ran.
 */
public final class Tck {
  private static final Path LOG = Path.of("target", "tck", "tck.log");

  private Tck() {}

  public static void main(String[] args) throws IOException {
    Files.createDirectories(LOG.getParent());
    PrintStream console = System.out;
    boolean expected = true;
    // the TCK says much
    try (PrintStream log = new PrintStream(Files.newOutputStream(LOG), true)) {
      System.setOut(log);
      System.setErr(log);
      for (String output : System.getProperty("tck.outputs", "detached,async").split(",")) {
        OurEventStreams.use(OutputMode.valueOf(output.toUpperCase(Locale.ROOT)));
        Outcomes outcomes = new Outcomes();
        LauncherFactory.create().execute(tests(), outcomes);
        console.println("Output " + output + ":\n" + outcomes.text());
        expected &= outcomes.areExpected();
      }
    }
    for (Deviation deviation : Deviation.values()) {
      console.println("Deviation " + deviation + ": " + deviation.why);
    }
    console.println(expected ? "All as expected." : "Not as expected; more in " + LOG);
    // Arquillian and our fan-out leave threads
    System.exit(expected ? 0 : 1);
  }

  private static LauncherDiscoveryRequest tests() {
    return LauncherDiscoveryRequestBuilder.request()
        // the TCK has two of them disabled
        .configurationParameter(
            "junit.jupiter.conditions.deactivate", "org.junit.*DisabledCondition")
        .selectors(
            Stream.of("sseeventsink", "ssebroadcaster", "sseeventsource")
                .map(what -> "ee.jakarta.tck.ws.rs.jaxrs21.ee.sse." + what + ".JAXRSClientIT")
                .map(name -> selectClass(name))
                .toList())
        .build();
  }
}
