package io.flowfi.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.metrics.PrometheusText;
import io.flowfi.metrics.PrometheusText.Series;
import io.flowfi.servers.Needed;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The dashboard and the alerts, beside the series of a server that runs: secured, one of several
 * nodes, with an indexer and a sandbox, so that it has all that depends on its settings.
 */
@Timeout(240)
class OperationsFilesTest {
  private static final Path FOLDER = Path.of("docs/operations");
  private static final String RULES = "flowfi.rules.yml";
  private static final String TRIALS = "flowfi.rules.test.yml";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A name of a query, with its conditions on labels. */
  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:flowfi|jvm|process)_[a-z0-9_]+)(?:\\{([^}]*)})?");

  /** By which labels a query adds up. */
  private static final Pattern BY = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");

  private static final Pattern CONDITION = Pattern.compile("(\\w+)(=~|=)\"([^\"]*)\"");

  /** What Prometheus adds to every series. */
  private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

  /** What no server of this test has: a connector of Tomcat, and an issuer that was reached. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "flowfi_sockets",
          "flowfi_sockets_limit",
          "flowfi_http_threads_busy",
          "flowfi_http_threads_limit",
          "flowfi_issuer_keys_age_seconds",
          "flowfi_issuer_certificate_expiry_timestamp_seconds");

  /** After something went wrong, and after a replay. */
  private static final String[] LATER = {
    "flowfi_indexer_last_error_timestamp_seconds",
    "flowfi_indexer_replay_ledger",
    "flowfi_indexer_replay_through_ledger"
  };

  @TempDir static Path directory;
  private static SimulatedRpc rpc;
  private static ApiServer server;
  private static Map<String, List<Series>> served;
  private static String metrics;
  private static String table;

  @BeforeAll
  static void start() throws Exception {
    SimulatedChain chain = new SimulatedChain();
    rpc = new SimulatedRpc(chain);
    server =
        SecuredServer.start(
            directory,
            "DATABASE_URL",
            TestStore.postgres().newDatabase(),
            "STREAM_CONTRACT_ID",
            chain.contractId(),
            "STELLAR_NETWORK_PASSPHRASE",
            chain.passphrase(),
            "SOROBAN_RPC_URL",
            rpc.url().toString(),
            "SANDBOX",
            "on",
            "JWT_SECRET_PREVIOUS",
            "another-secret-of-at-least-32-bytes",
            "JWT_JWKS_URL", // nobody listens there
            "http://127.0.0.1:1/jwks.json");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              metrics = server.get("/metrics", SecuredServer.as(SecuredServer.ADMIN)).body();
              return metrics.contains("\nflowfi_indexer_history_margin_ledgers ");
            });
    served = PrometheusText.series(PrometheusText.parse(metrics));
    table = Files.readString(FOLDER.resolve("metrics.md"));
  }

  @AfterAll
  static void stop() {
    server.close();
    rpc.close();
  }

  /** Also what the table of the metrics gives a condition for; MetricsApiTest has the others. */
  @Test
  void shouldServeWhatIsDocumentedUnderACondition() {
    Set<String> documented = new TreeSet<>();
    Pattern.compile("(?m)^\\| `(flowfi_[a-z0-9_]+)` \\|")
        .matcher(table)
        .results()
        .forEach(row -> documented.add(row.group(1)));
    assertThat(documented).hasSizeGreaterThan(60).containsAll(ELSEWHERE).contains(LATER);
    documented.removeAll(ELSEWHERE);
    documented.removeAll(Set.of(LATER));
    Set<String> histograms =
        documented.stream()
            .filter(name -> served.containsKey(name + "_count"))
            .collect(Collectors.toSet());
    documented.removeAll(histograms);
    assertThat(served.keySet()).containsAll(documented);
  }

  private static JsonNode yaml(String name) throws IOException {
    Object content =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(FOLDER.resolve(name)));
    return JSON.valueToTree(content);
  }

  private static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    yaml(RULES).path("groups").forEach(group -> group.path("rules").forEach(rules::add));
    assertThat(rules).hasSizeGreaterThan(10);
    return rules;
  }

  private static void checkQuery(String query) {
    List<MatchResult> selectors = SELECTOR.matcher(query).results().toList();
    assertThat(selectors).as(query).isNotEmpty();
    Set<String> labels = new TreeSet<>(OF_PROMETHEUS);
    selectors.forEach(selector -> labels.addAll(labels(selector.group(1))));
    for (MatchResult by : BY.matcher(query).results().toList()) {
      assertThat(labels).as(query).contains(by.group(1).split(" *, *"));
    }
    for (MatchResult selector : selectors) {
      String name = selector.group(1);
      List<Series> series = served.get(name);
      if (ELSEWHERE.contains(name)) {
        assertThat(table).as(query).containsPattern("\\| `" + name + "` \\|[^|]*\\|[^|]*\\| [^ |]");
        continue;
      }
      assertThat(series).as("%s of %s", name, query).isNotNull();
      for (MatchResult condition :
          CONDITION
              .matcher(selector.group(2) == null ? "" : selector.group(2))
              .results()
              .toList()) {
        String label = condition.group(1);
        if (!OF_PROMETHEUS.contains(label)) {
          assertThat(series)
              .as(query)
              .anyMatch(one -> condition.group(3).equals(one.labels().get(label)));
        }
      }
    }
  }

  /** Those of the series that are served, or that the table has. */
  private static Set<String> labels(String name) {
    Set<String> labels = new TreeSet<>();
    served.getOrDefault(name, List.of()).forEach(one -> labels.addAll(one.labels().keySet()));
    Pattern.compile("\\| `" + name + "` \\|[^|]*\\|([^|]*)\\|")
        .matcher(table)
        .results()
        .flatMap(row -> Pattern.compile("\\w+").matcher(row.group(1)).results())
        .forEach(word -> labels.add(word.group()));
    return labels;
  }

  private static List<JsonNode> panels() throws IOException {
    List<JsonNode> panels = new ArrayList<>();
    JSON.readTree(Files.readString(FOLDER.resolve("dashboard.json")))
        .path("panels")
        .forEach(panels::add);
    assertThat(panels).hasSizeGreaterThan(20);
    return panels;
  }

  @Test
  void shouldAskOnlyForSeriesThatThereAreInTheDashboard() throws Exception {
    Set<String> cells = new TreeSet<>();
    for (JsonNode panel : panels()) {
      assertThat(panel.path("title").asText()).isNotBlank();
      JsonNode place = panel.path("gridPos");
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          assertThat(cells.add((place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y)))
              .as("%s lies on another panel", panel.path("title"))
              .isTrue();
        }
      }
      assertThat(panel.path("targets").size()).isPositive();
      for (JsonNode target : panel.path("targets")) {
        String query = target.path("expr").asText();
        checkQuery(query);
        for (MatchResult shown :
            Pattern.compile("\\{\\{(\\w+)}}")
                .matcher(target.path("legendFormat").asText())
                .results()
                .toList()) {
          assertThat(OF_PROMETHEUS.contains(shown.group(1)) || query.contains(shown.group(1)))
              .as("the label %s of %s", shown.group(1), query)
              .isTrue();
        }
      }
    }
  }

  /** Nobody chooses a node from a list that is empty. */
  @Test
  void shouldOfferTheNodesThatThereAre() throws Exception {
    JsonNode variables =
        JSON.readTree(Files.readString(FOLDER.resolve("dashboard.json"))).at("/templating/list");
    Matcher nodes =
        Pattern.compile("label_values\\((\\w+), instance\\)")
            .matcher(variables.path(1).path("query").asText());
    assertThat(variables.path(1).path("name").asText()).isEqualTo("node");
    assertThat(nodes.matches()).isTrue();
    assertThat(served).containsKey(nodes.group(1));
  }

  /** Operators look for what an entry names. */
  @Test
  void shouldNameOnlyFiguresThatThereAreInTheDocumentation() throws Exception {
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      for (Path page : files.filter(file -> file.toString().endsWith(".md")).toList()) {
        for (MatchResult name :
            Pattern.compile("\\bflowfi_(?!(?:connection|sandbox_?)\\b)[a-z0-9_]+")
                .matcher(Files.readString(page))
                .results()
                .toList()) {
          assertThat(table).as(page.toString()).contains("| `" + name.group() + "` |");
        }
      }
    }
  }

  @Test
  void shouldLinkEveryAlertToItsEntryAndTryIt() throws Exception {
    String entries = Files.readString(FOLDER.resolve("alerts.md"));
    Set<String> named = new TreeSet<>();
    for (JsonNode rule : rules()) {
      String name = rule.path("alert").asText();
      named.add(name);
      if (!name.equals("FlowfiDown")) {
        checkQuery(rule.path("expr").asText());
      }
      assertThat(rule.path("labels").path("severity").asText()).isIn("critical", "warning");
      assertThat(rule.path("annotations").path("runbook_url").asText())
          .isEqualTo("docs/operations/alerts.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(entries)
          .containsPattern(
              "## "
                  + name
                  + "\n(?s:(?!##).)*\\* \\*\\*Meaning:\\*\\* \\S(?s:(?!##).)*"
                  + "\\* \\*\\*Check:\\*\\* \\S(?s:(?!##).)*\\* \\*\\*Action:\\*\\* \\S");
    }
    assertThat(headings(entries)).isEqualTo(named);
    Set<String> tried = new TreeSet<>();
    for (JsonNode trial : yaml(TRIALS).path("tests")) {
      boolean silent = false;
      boolean raised = false;
      for (JsonNode look : trial.path("alert_rule_test")) {
        silent |= look.path("exp_alerts").isEmpty();
        raised |= !look.path("exp_alerts").isEmpty();
      }
      assertThat(silent && raised).as(trial.toString()).isTrue();
      tried.add(trial.path("alert_rule_test").path(0).path("alertname").asText());
    }
    assertThat(tried).isEqualTo(named);
  }

  private static Set<String> headings(String entries) {
    return Pattern.compile("(?m)^## (\\w+)$")
        .matcher(entries)
        .results()
        .map(heading -> heading.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Prometheus' own tool reads our answer and our rules, and plays the trials of the rules. */
  @Test
  void shouldPassTheToolOfPrometheus() throws Exception {
    Path answer = directory.resolve("metrics.txt");
    Files.writeString(answer, metrics);
    promtool(answer, "check", "metrics");
    promtool(null, "check", "rules", RULES);
    promtool(null, "test", "rules", TRIALS);
    promtool(null, "check", "rules", queries().toAbsolutePath().toString());
  }

  /** The queries of the dashboard, as rules: what the tool reads is what Grafana sends. */
  private static Path queries() throws IOException {
    StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
    int count = 0;
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        String query = target.path("expr").asText().replace("$__rate_interval", "1m");
        rules
            .append("      - record: query:")
            .append(++count)
            .append("\n        expr: ")
            .append(JSON.writeValueAsString(query))
            .append('\n');
      }
    }
    return Files.writeString(directory.resolve("queries.yml"), rules);
  }

  private static void promtool(Path input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("promtool.txt");
    ProcessBuilder tool =
        new ProcessBuilder(command)
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    if (input != null) {
      tool.redirectInput(input.toFile());
    }
    Process running;
    try {
      running = tool.start();
    } catch (IOException missing) {
      Needed.need(false, "promtool is not installed (Debian: prometheus)");
      return;
    }
    assertThat(running.waitFor(120, TimeUnit.SECONDS)).as("promtool ends").isTrue();
    assertThat(running.exitValue()).as(Files.readString(output, UTF_8)).isZero();
  }
}
