package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The application is replaced again and again within one JVM, with subscribers: nothing of the old
 * one stays. {@code -Dflowfi.redeploys=100} runs the long form, {@code -Dflowfi.redeploy.home=}
 * uses another Tomcat; figures go to the test's output.
 */
@Timeout(3600)
class RedeployIT {
  private static final int REDEPLOYS = Integer.parseInt(ServerProcess.setting("flowfi.redeploys"));
  private static final int SUBSCRIBERS = 3;
  private static final Instant FIRST_REPLACEMENT = Instant.now().minus(Duration.ofDays(1));

  /**
   * Up to JDK 18, generated code for records may hold the last application whose records were
   * compared (JDK-8078641): a few applications, not one more each time.
   */
  private static final int APPLICATIONS = Runtime.version().feature() < 19 ? 3 : 1;

  // metaspace, generously
  private static final long ONE_APPLICATION_KILOBYTES = 28 * 1024;
  private static final long SERVER_KILOBYTES = 28 * 1024;

  @Test
  void shouldLeaveNothingOfTheOldApplicationBehind() throws IOException {
    AtomicInteger traces = new AtomicInteger();
    HttpServer collector = collector(traces);
    try (TomcatServer server =
        TomcatServer.start(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + collector.getAddress().getPort(),
                "FLOWFI_CONF",
                redeployingConf().toString(),
                // soft references may stay until memory is needed; here that is always
                "CATALINA_OPTS",
                ServerProcess.SHORT_LIVED + " -XX:SoftRefLRUPolicyMSPerMB=0",
                "CATALINA_HOME",
                ServerProcess.setting("flowfi.redeploy.home")))) {
      for (int i = 1; i <= REDEPLOYS; i++) {
        redeployUnderSubscribers(server, i);
        if (i % Math.max(1, REDEPLOYS / 10) == 0) {
          System.out.println(i + " redeploys: " + JvmMemory.of(server.pid()));
        }
      }
      await("no more applications in memory than may be")
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                JvmMemory left = JvmMemory.of(server.pid());
                assertThat(left.applications()).as("%s", left).isLessThanOrEqualTo(APPLICATIONS);
                assertThat(left.databases()).as("%s", left).isLessThanOrEqualTo(APPLICATIONS);
                assertThat(left.metaspaceKilobytes())
                    .as("%s", left)
                    .isLessThan(APPLICATIONS * ONE_APPLICATION_KILOBYTES + SERVER_KILOBYTES);
              });
      assertThat(server.log()).doesNotContain("SEVERE").doesNotContain("memory leak");
      assertThat(traces)
          .as("each application has sent its own")
          .hasValueGreaterThanOrEqualTo(REDEPLOYS);
    } finally {
      collector.stop(0);
    }
  }

  /** Takes traces, so that what sends them is there too, and has to end. */
  private static HttpServer collector(AtomicInteger requests) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
    return server;
  }

  private static void redeployUnderSubscribers(TomcatServer server, int count) throws IOException {
    List<EventStream> subscribers = new ArrayList<>();
    try {
      for (int i = 0; i < SUBSCRIBERS; i++) {
        EventStream subscriber = server.events().query("all=true").open();
        subscribers.add(subscriber);
        subscriber.nextConnected();
      }
      String id =
          server
              .api()
              .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      for (EventStream subscriber : subscribers) {
        assertThat(subscriber.nextEvent("stream.created").json().path("streamId").asText())
            .isEqualTo(id);
      }
      // A new time, in whole seconds as on some file systems, and in the past: Tomcat ignores a
      // file that was only just written.
      Files.setLastModifiedTime(
          server.dataFolder().resolveSibling("base/webapps/ROOT.war"),
          FileTime.from(FIRST_REPLACEMENT.plusSeconds(2L * count)));
      for (EventStream subscriber : subscribers) {
        subscriber.awaitEvent("reconnect");
        subscriber.awaitEnd(Duration.ofSeconds(5));
      }
    } finally {
      subscribers.forEach(EventStream::close);
    }
    await("redeploy " + count)
        .atMost(Duration.ofSeconds(240))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> starts(server) == count + 1 && isReady(server));
  }

  private static long starts(TomcatServer server) {
    return server.log().lines().filter(line -> line.contains(" serves the log ")).count();
  }

  private static boolean isReady(TomcatServer server) {
    return server.api().status("health/ready") == 200;
  }

  /** Our configuration, but it checks every second whether the WAR has been replaced. */
  private static Path redeployingConf() throws IOException {
    Path ours = Path.of(ServerProcess.setting("flowfi.basedir"), "tomcat-conf");
    Path copy = ServerProcess.newFolder("conf");
    try (Stream<Path> files = Files.list(ours)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    String server = Files.readString(ours.resolve("server.xml"));
    String redeploying =
        server
            .replace("autoDeploy=\"false\"", "autoDeploy=\"true\"")
            .replace("<Engine name", "<Engine backgroundProcessorDelay=\"1\" name");
    assertThat(redeploying).contains("autoDeploy=\"true\"", "backgroundProcessorDelay");
    Files.writeString(copy.resolve("server.xml"), redeploying);
    return copy;
  }
}
