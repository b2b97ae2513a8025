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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The application is replaced again and again within one JVM, with subscribers: nothing of the old
 * one stays. Some times on one Tomcat in the usual run; {@code mvn -Predeploys verify} does it a
 * hundred times on each Tomcat and each JDK. The figures go to the test's output.
 */
class RedeployIT {
  private static final int REDEPLOYS = Integer.parseInt(ServerProcess.setting("flowfi.redeploys"));

  /** From here on nothing may grow. The first ones load what the server itself needs for them. */
  private static final int SETTLED = Math.min(REDEPLOYS, Math.max(3, REDEPLOYS / 10));

  private static final int SUBSCRIBERS = 3;
  private static final Instant FIRST_REPLACEMENT = Instant.now().minus(Duration.ofDays(1));

  // metaspace, generously
  private static final long ONE_APPLICATION_KILOBYTES = 30 * 1024;
  private static final long SERVER_KILOBYTES = 28 * 1024;

  /**
   * How much more there may be at the end than when it was settled: far less than an application.
   */
  private static final long MORE_METASPACE_KILOBYTES = 4 * 1024;

  private static final int MORE_CLASS_LOADERS = 2;
  private static final int MORE_FILES = 2;

  /** The first Tomcat on the running JDK, or those of all whose names a setting matches. */
  static List<TomcatOnJdk> pairs() {
    List<TomcatOnJdk> all = TomcatOnJdk.all();
    String wanted = System.getProperty("flowfi.redeploy.pairs", "");
    if (wanted.isEmpty()) {
      return all.subList(0, 1);
    }
    Pattern names = Pattern.compile(wanted);
    List<TomcatOnJdk> chosen =
        all.stream().filter(pair -> names.matcher(pair.toString()).find()).toList();
    assertThat(chosen).as("-Dflowfi.redeploy.pairs=%s of %s", wanted, all).isNotEmpty();
    return chosen;
  }

  @ParameterizedTest
  @MethodSource("pairs")
  @Timeout(7200)
  void shouldLeaveNothingOfTheOldApplicationBehind(TomcatOnJdk pair) throws IOException {
    System.out.println(pair);
    AtomicInteger traces = new AtomicInteger();
    HttpServer collector = collector(traces);
    Map<String, String> environment = new HashMap<>(pair.environment());
    environment.put(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + collector.getAddress().getPort());
    environment.put("FLOWFI_CONF", redeployingConf().toString());
    // soft references may stay until memory is needed; here that is always
    environment.put("CATALINA_OPTS", ServerProcess.SHORT_LIVED + " -XX:SoftRefLRUPolicyMSPerMB=0");
    try (TomcatServer server = TomcatServer.start(environment)) {
      JvmMemory settled = null;
      for (int i = 1; i <= REDEPLOYS; i++) {
        redeployUnderSubscribers(server, i);
        if (i == SETTLED) {
          settled = withoutOldApplications(server, pair.jdk());
        }
        if (i % 10 == 0) {
          System.out.println(i + " redeploys: " + withoutOldApplications(server, pair.jdk()));
        }
      }
      assertHasNotGrown(settled, withoutOldApplications(server, pair.jdk()));
      assertThat(server.log()).doesNotContain("SEVERE").doesNotContain("memory leak");
      assertThat(traces)
          .as("each application has sent its own")
          .hasValueGreaterThanOrEqualTo(REDEPLOYS);
    } finally {
      collector.stop(0);
    }
  }

  /** What there is as soon as there are no more applications in memory than may be. */
  private static JvmMemory withoutOldApplications(TomcatServer server, Jdk jdk) {
    // Up to JDK 18, generated code for records may hold the last application whose records were
    // compared (JDK-8078641): a few applications, not one more each time.
    int applications = jdk.feature() < 19 ? 3 : 1;
    AtomicReference<JvmMemory> measured = new AtomicReference<>();
    await("no more applications in memory than may be")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              JvmMemory left = JvmMemory.of(server.pid(), jdk);
              assertThat(left.applications()).as("%s", left).isLessThanOrEqualTo(applications);
              assertThat(left.databases()).as("%s", left).isLessThanOrEqualTo(applications);
              assertThat(left.metaspaceKilobytes())
                  .as("%s", left)
                  .isLessThan(applications * ONE_APPLICATION_KILOBYTES + SERVER_KILOBYTES);
              measured.set(left);
            });
    return measured.get();
  }

  private static void assertHasNotGrown(JvmMemory settled, JvmMemory end) {
    String figures = "settled: " + settled + ", at the end: " + end;
    System.out.println(figures);
    // what the applications that may still be there have of their own
    int more = Math.max(0, end.applications() - settled.applications());
    assertThat(end.metaspaceKilobytes() - settled.metaspaceKilobytes())
        .as("metaspace; %s", figures)
        .isLessThanOrEqualTo(more * ONE_APPLICATION_KILOBYTES + MORE_METASPACE_KILOBYTES);
    assertThat(end.classLoaders() - settled.classLoaders())
        .as("class loaders; %s", figures)
        .isLessThanOrEqualTo(more + MORE_CLASS_LOADERS);
    assertThat(end.files() - settled.files())
        .as("mapped files; %s", figures)
        .isLessThanOrEqualTo(more + MORE_FILES);
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
