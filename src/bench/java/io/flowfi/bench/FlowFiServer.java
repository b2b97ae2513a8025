package io.flowfi.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * FlowFi on the real Tomcat with {@code tomcat-conf}, as the project's own start script runs it.
 */
class FlowFiServer extends Server {
  static final String NAME = "flowfi";
  static final String ASYNC = "flowfi-async";
  static final String BEFORE = "before";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Settings settings;
  private final Path war;
  private final Path conf;
  private final String output;
  private final Path data;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private FlowFiServer(Settings settings, String name, Path war, Path conf, String output) {
    this(settings, name, war, conf, output, null);
  }

  private FlowFiServer(
      Settings settings, String name, Path war, Path conf, String output, Path data) {
    super(name);
    this.data = data;
    this.settings = settings;
    this.war = war;
    this.conf = conf;
    this.output = output;
  }

  /** The server as it is shipped. */
  static FlowFiServer detached(Settings settings) {
    return new FlowFiServer(settings, NAME, settings.war(), conf(settings), "detached");
  }

  /** The output for containers other than Tomcat, on Tomcat. */
  static FlowFiServer async(Settings settings) {
    return new FlowFiServer(settings, ASYNC, settings.war(), conf(settings), "async");
  }

  /**
   * Another build to measure beside this one, with the {@code tomcat-conf} beside its WAR or beside
   * the folder of that, as in its project; otherwise with ours.
   */
  static FlowFiServer before(Settings settings) {
    Path war = settings.before();
    Path conf =
        war == null
            ? conf(settings)
            : Stream.of(war.getParent(), war.getParent().getParent())
                .filter(Objects::nonNull)
                .map(folder -> folder.resolve("tomcat-conf"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(conf(settings));
    return new FlowFiServer(settings, BEFORE, war, conf, "detached");
  }

  /** The same on an existing data folder. */
  FlowFiServer on(Path dataFolder) {
    return new FlowFiServer(settings, name(), war, conf, output, dataFolder) {
      @Override
      String folderName() {
        return "on-" + dataFolder.getFileName();
      }
    };
  }

  /** One of several nodes, with further variables. */
  static FlowFiServer node(Settings settings, int number, Map<String, String> variables) {
    return new FlowFiServer(settings, NAME, settings.war(), conf(settings), "detached") {
      @Override
      String folderName() {
        return "node-" + number;
      }

      @Override
      ProcessBuilder command(int onPort, Path folder) {
        ProcessBuilder builder = super.command(onPort, folder);
        builder.environment().putAll(variables);
        return builder;
      }
    };
  }

  private static Path conf(Settings settings) {
    return settings.base().resolve("tomcat-conf");
  }

  @Override
  Optional<String> missing() {
    if (war == null) {
      return Optional.of("no -Dbench.before=<its WAR>");
    }
    if (!Files.isRegularFile(war)) {
      return Optional.of(war + " is not built");
    }
    return Files.isDirectory(settings.tomcat())
        ? Optional.empty()
        : Optional.of(settings.tomcat() + " is not unpacked");
  }

  @Override
  ProcessBuilder command(int onPort, Path folder) {
    Path script = settings.base().resolve("src/main/scripts/tomcat.sh");
    ProcessBuilder builder =
        new ProcessBuilder("bash", script.toString()).directory(folder.toFile());
    String many = Integer.toString(10 * settings.connections() + 1000);
    builder
        .environment()
        .putAll(
            Map.ofEntries(
                Map.entry("JAVA_HOME", System.getProperty("java.home")),
                Map.entry("CATALINA_HOME", settings.tomcat().toString()),
                Map.entry("CATALINA_BASE", folder.resolve("tomcat").toString()),
                Map.entry("FLOWFI_CONF", conf.toString()),
                Map.entry("FLOWFI_WAR", war.toString()),
                Map.entry(
                    "FLOWFI_DATA_DIR", (data == null ? folder.resolve("data") : data).toString()),
                Map.entry("PORT", Integer.toString(onPort)),
                Map.entry("SSE_OUTPUT", output),
                Map.entry("RATE_LIMIT", "off"),
                Map.entry("MAX_SSE_CONNECTIONS", many),
                Map.entry("FLOWFI_MAX_SOCKETS", many),
                Map.entry("MAX_SSE_CONNECTIONS_PER_IP", many)));
    return builder;
  }

  @Override
  Optional<String> readyPath() {
    return Optional.of("/health/ready");
  }

  @Override
  String subscribeToAll() {
    return "/v1/events/subscribe?all=true";
  }

  /** Each pauses and resumes a stream of its own: durable commands with the smallest events. */
  @Override
  List<Command> publishers(int connections) {
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      String stream = "/v1/streams/" + createStream(null);
      String body = "{\"reference\":\"" + PreparedRequest.MARKER + "\"}";
      commands.add(
          Command.alternating(
              new PreparedRequest(port(), stream + "/pause", "application/json", body),
              new PreparedRequest(port(), stream + "/resume", "application/json", body)));
    }
    return commands;
  }

  /** All connections top up one stream. */
  List<Command> publishersTo(String streamId, int connections) {
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      String body = "{\"amount\":\"1\",\"reference\":\"" + PreparedRequest.MARKER + "\"}";
      commands.add(
          Command.of(
              new PreparedRequest(
                  port(), "/v1/streams/" + streamId + "/top-up", "application/json", body)));
    }
    return commands;
  }

  /**
   * Creates a stream.
   *
   * @param id null to let the server choose.
   * @return its id
   */
  String createStream(String id) {
    return ask(creation(id), Set.of(201)).path("streamId").asText();
  }

  /** The same for a stream that may be there from a turn before. */
  void ensureStream(String id) {
    ask(creation(id), Set.of(201, 409));
  }

  private HttpRequest.Builder creation(String id) {
    String body =
        "{"
            + (id == null ? "" : "\"streamId\":\"" + id + "\",")
            + "\"sender\":\""
            + SampleEvent.account()
            + "\",\"recipient\":\""
            + SampleEvent.account()
            + "\",\"tokenAddress\":\""
            + SampleEvent.contract()
            + "\",\"ratePerSecond\":\"1\",\"depositedAmount\":\"1000000000\",\"startTime\":"
            + System.currentTimeMillis() / 1000
            + "}";
    return request("/v1/streams")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /** Position of the newest event. */
  long head() {
    return ask(request("/v1/events/stats"), Set.of(200)).path("head").asLong();
  }

  /**
   * The ring of recent frames.
   *
   * @param published events ever put into it
   * @param events how many are in it now
   * @param bytes of their frames
   */
  record Ring(long published, long events, long bytes) {
    /** Whether it has already dropped some. */
    boolean isFull() {
      return events < published;
    }
  }

  Ring ring() {
    JsonNode stats = ask(request("/v1/events/stats"), Set.of(200));
    return new Ring(
        stats.path("published").asLong(),
        stats.path("ringEvents").asLong(),
        stats.path("ringBytes").asLong());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(20));
  }

  private JsonNode ask(HttpRequest.Builder request, Set<Integer> expected) {
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (!expected.contains(response.statusCode())) {
        throw new IllegalStateException(
            response.request().uri() + ": " + response.statusCode() + " " + response.body());
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
