package io.flowfi.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import io.flowfi.metrics.PrometheusText;
import io.flowfi.metrics.PrometheusText.Series;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a monitor reads from a node. */
@Timeout(240)
class MetricsApiTest {
  /** What Prometheus 3 sends. */
  private static final String PROMETHEUS =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
          + "application/openmetrics-text;version=0.0.1;q=0.5,"
          + "text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

  /** A row of the table: {@code | `name` | type | labels | where | meaning |}. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| (\\w+) \\|([^|]*)\\|([^|]*)\\| [^|]+ \\|$");

  private record Documented(String type, Set<String> labels, boolean always) {}

  @TempDir static Path directory;
  private static ApiServer server;

  @BeforeAll
  static void start() {
    server = new ApiServer(directory, Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, PrometheusText.Family> families() throws Exception {
    HttpResponse<String> answer = server.get("/metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    return PrometheusText.parse(answer.body());
  }

  private static double value(String name) throws Exception {
    List<Series> series = PrometheusText.series(families()).get(name);
    assertThat(series).as(name).hasSize(1);
    return series.get(0).value();
  }

  @Test
  void shouldAnswerInTheFormatThatIsAskedFor() throws Exception {
    HttpResponse<String> plain = server.get("/metrics");
    assertThat(type(plain)).containsExactly("charset=utf-8", "text/plain", "version=0.0.4");
    assertThat(plain.headers().firstValue("Content-Length"))
        .as("not in chunks: a write for each of them")
        .hasValue(Integer.toString(plain.body().getBytes(UTF_8).length));
    PrometheusText.parse(plain.body());
    HttpResponse<String> open = server.get("/metrics", "Accept", PROMETHEUS);
    assertThat(type(open))
        .containsExactly("application/openmetrics-text", "charset=utf-8", "version=1.0.0");
    assertThat(PrometheusText.series(PrometheusText.parseOpenMetrics(open.body())).keySet())
        .isEqualTo(PrometheusText.series(PrometheusText.parse(plain.body())).keySet());
    assertThat(type(server.get("/metrics", "Accept", "application/json")))
        .as("there is nothing else to give")
        .isEqualTo(type(plain));
    assertThat(
            type(server.get("/metrics", "Accept", "text/plain, application/openmetrics-text;q=0")))
        .as("named, but refused")
        .isEqualTo(type(plain));
    assertThat(
            type(
                server.get(
                    "/metrics",
                    "Accept",
                    "text/plain;q=0.5",
                    "Accept",
                    "application/openmetrics-text")))
        .as("a header in two lines")
        .isEqualTo(type(open));
  }

  /** But for the values, which are others. */
  @Test
  void shouldAnswerWithWhatTheDescriptionShows() throws Exception {
    JsonNode content =
        new ObjectMapper()
            .readTree(Path.of("webapp/openapi.json").toFile())
            .at("/paths/~1metrics/get/responses/200/content");
    String plain = content.at("/text~1plain/example").asText();
    String open = content.at("/application~1openmetrics-text/example").asText();
    PrometheusText.parse(plain);
    PrometheusText.parseOpenMetrics(open);
    assertThat(lines(server.get("/metrics").body())).containsAll(lines(plain));
    assertThat(lines(server.get("/metrics", "Accept", PROMETHEUS).body())).containsAll(lines(open));
  }

  private static List<String> lines(String figures) {
    return figures
        .lines()
        .map(line -> line.startsWith("#") ? line : line.replaceFirst(" \\S+$", ""))
        .toList();
  }

  /** The parts of the content type, in the order of the alphabet: servers change their order. */
  private static Set<String> type(HttpResponse<String> answer) {
    return new TreeSet<>(
        List.of(answer.headers().firstValue("Content-Type").orElseThrow().split(" *; *")));
  }

  /** The names and units that Prometheus asks for (promtool check metrics). */
  @Test
  void shouldNameThingsAsPrometheusWants() throws Exception {
    for (PrometheusText.Family family : families().values()) {
      String name = family.name();
      assertThat(name).matches("(flowfi|jvm|process)_[a-z0-9_]+");
      assertThat(name.endsWith("_total")).as(name).isEqualTo(family.type().equals("counter"));
      assertThat(name)
          .doesNotMatch(
              ".*_(ms|millis|milliseconds|micros|nanos|minutes|hours|kb|mb|percent)(_.*)?");
    }
  }

  @Test
  void shouldServeWhatIsDocumentedAndNothingElse() throws Exception {
    Map<String, Documented> documented = new TreeMap<>();
    for (MatchResult row :
        ROW.matcher(Files.readString(Path.of("docs/operations/metrics.md"))).results().toList()) {
      assertThat(documented).doesNotContainKey(row.group(1));
      documented.put(
          row.group(1), new Documented(row.group(2), words(row.group(3)), row.group(4).isBlank()));
    }
    assertThat(documented).hasSizeGreaterThan(20);
    Set<String> missing = new TreeSet<>();
    documented.forEach((name, how) -> missing.addAll(how.always() ? Set.of(name) : Set.of()));
    for (PrometheusText.Family family : families().values()) {
      Documented how = documented.get(family.name());
      assertThat(how).as(family.name()).isNotNull();
      assertThat(family.type()).as(family.name()).isEqualTo(how.type());
      missing.remove(family.name());
      for (Series one : family.series()) {
        Set<String> labels = new TreeSet<>(one.labels().keySet());
        labels.removeAll(Set.of("le", "quantile"));
        assertThat(labels).as(family.name()).isEqualTo(how.labels());
      }
    }
    assertThat(missing).as("documented without a condition, but not served").isEmpty();
  }

  private static Set<String> words(String cell) {
    return Pattern.compile("`(\\w+)`")
        .matcher(cell)
        .results()
        .map(word -> word.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Otherwise a crowd of clients would be a crowd of series, which Prometheus does not survive. */
  @Test
  void shouldHaveNoMoreSeriesWithMoreStreamsAndAddresses() throws Exception {
    server.create(TestAddresses.account(1));
    server.opened("/v1/events/subscribe?streams=1");
    Set<String> before = named(families());
    for (int i = 10; i < 40; i++) {
      server.create(TestAddresses.account(i));
      server.opened("/v1/events/subscribe?users=" + TestAddresses.account(i));
      server.get("/v1/streams/" + i);
      server.get("/no/such/path/" + i);
    }
    server.opened("/v1/events/subscribe?all=true");
    long created = server.node.real().store().log().bounds().head().value();
    await().until(() -> value("flowfi_log_head") == created);
    Set<String> after = named(families());
    assertThat(after).isEqualTo(before);
    assertThat(after.toString()).doesNotContain(TestAddresses.account(10), "127.0.0.1");
  }

  /** Those of the JVM come and go with its memory pools and threads, which are few. */
  private static Set<String> named(Map<String, PrometheusText.Family> families) {
    Set<String> names = new TreeSet<>();
    PrometheusText.series(families)
        .forEach(
            (name, series) ->
                series.stream()
                    .filter(one -> name.startsWith("flowfi_"))
                    .forEach(one -> names.add(name + one.labels())));
    return names;
  }

  private static double value(String name, String label) throws Exception {
    return PrometheusText.series(families()).getOrDefault(name, List.of()).stream()
        .filter(one -> one.labels().containsValue(label))
        .mapToDouble(Series::value)
        .sum();
  }

  @Test
  void shouldTimeAndCountADelivery() throws Exception {
    double timed = value("flowfi_delivery_seconds_count");
    double seconds = value("flowfi_delivery_seconds_sum");
    double bytes = value("flowfi_sent_bytes_total");
    double delivered = value("flowfi_deliveries_total");
    double gone = value("flowfi_connections_closed_total", "client_gone");
    long begun = System.nanoTime();
    try (Socket socket =
        server.raw("GET /v1/events/subscribe?all=true HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      readTo(lines, "connected");
      await().until(() -> value("flowfi_connections", "all") == 1);
      server.create(TestAddresses.account(4));
      readTo(lines, "stream.created");
      await().until(() -> value("flowfi_delivery_seconds_count") == timed + 1);
      double passed = (System.nanoTime() - begun) / 1e9;
      assertThat(value("flowfi_delivery_seconds_sum") - seconds).isPositive().isLessThan(passed);
      assertThat(value("flowfi_deliveries_total")).isEqualTo(delivered + 1);
      assertThat(value("flowfi_sent_bytes_total") - bytes).isGreaterThan(300);
      assertThat(value("flowfi_slowest_client_lag_events")).isZero();
    }
    // a write finds that the client has left
    await()
        .until(
            () -> {
              server.create(TestAddresses.account(4));
              return value("flowfi_connections_closed_total", "client_gone") > gone;
            });
    await().until(() -> value("flowfi_connections", "all") == 0);
  }

  private static void readTo(BufferedReader lines, String words) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.contains(words)) {
      line = lines.readLine();
    }
    assertThat(line).contains(words);
  }

  @Test
  void shouldCountCommandsByResultAndTimeThem() throws Exception {
    double recorded = value("flowfi_commands_total", "recorded");
    double rejected = value("flowfi_commands_total", "rejected");
    double commits = value("flowfi_commit_seconds_count");
    server.create(TestAddresses.account(5));
    assertThat(server.post("/v1/streams/999999/pause", "{}").statusCode()).isEqualTo(404);
    await().until(() -> value("flowfi_commands_total", "rejected") == rejected + 1);
    assertThat(value("flowfi_commands_total", "recorded")).isEqualTo(recorded + 1);
    assertThat(value("flowfi_commit_seconds_count")).isEqualTo(commits + 2);
    assertThat(value("flowfi_batch_commands_sum")).isEqualTo(recorded + rejected + 2);
    assertThat(value("flowfi_command_seconds_sum"))
        .isGreaterThanOrEqualTo(value("flowfi_commit_seconds_sum"));
  }

  @Test
  void shouldShowThePoolsAndTheDisk() throws Exception {
    assertThat(value("flowfi_database_connections_limit", "requests")).isEqualTo(4);
    assertThat(value("flowfi_database_connections_limit", "writer")).isEqualTo(1);
    await().until(() -> value("flowfi_database_connections_active", "writer") == 1);
    assertThat(value("flowfi_disk_free_bytes"))
        .isPositive()
        .isLessThanOrEqualTo(value("flowfi_disk_size_bytes"));
  }

  @Test
  void shouldCountWhatHappens() throws Exception {
    double published = value("flowfi_events_published_total");
    server.create(TestAddresses.account(3));
    await().until(() -> value("flowfi_events_published_total") == published + 1);
    await().until(() -> value("flowfi_feed_lag_events") == 0);
    assertThat(value("flowfi_ready")).isEqualTo(1);
    assertThat(value("flowfi_nodes")).isEqualTo(1);
    assertThat(value("flowfi_figures_failed")).isZero();
    assertThat(value("process_start_time_seconds")).isPositive();
  }
}
