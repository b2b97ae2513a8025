package io.flowfi.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The load generator alone, against any server on the loopback address, to find the reason for a
 * figure. Prints one JSON object.
 *
 * <pre>
 * --port 3001 --path '/v1/events/subscribe?all=true' --conns 1000 --secs 10
 * --pub-path /v1/streams/1/top-up --pub-body '{"amount":"1","reference":"%T"}' --pub-conns 4 --rate 100
 * </pre>
 *
 * <p>{@code %T} is the place of the marker, {@code %d} in {@code --path} the six-digit number of
 * the connection modulo {@code --topics}; {@code --rate 0} is flat out; {@code --stalled n} adds
 * connections that never read. Without {@code --pub-path} it only connects and holds.
 */
public final class LoadGenerator {
  private final Map<String, String> options;

  private LoadGenerator(Map<String, String> options) {
    this.options = options;
  }

  /** See above. */
  public static void main(String[] args) throws IOException {
    Map<String, Object> result = new LoadGenerator(options(args)).run();
    System.out.println(new ObjectMapper().writeValueAsString(result));
  }

  static Map<String, String> options(String... args) {
    Map<String, String> options = new LinkedHashMap<>(DEFAULTS);
    for (int i = 0; i < args.length; i += 2) {
      if (!options.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "unknown option or no value: " + args[i] + "; options: " + DEFAULTS);
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }

  private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("--port", "3001");
    DEFAULTS.put("--path", "/v1/events/subscribe?all=true");
    DEFAULTS.put("--conns", "100");
    DEFAULTS.put("--topics", "1");
    DEFAULTS.put("--stalled", "0");
    DEFAULTS.put("--warm", "1");
    DEFAULTS.put("--secs", "5");
    DEFAULTS.put("--drain", "2");
    DEFAULTS.put("--pub-path", "");
    DEFAULTS.put("--pub-body", "%T");
    DEFAULTS.put("--pub-type", "application/json");
    DEFAULTS.put("--pub-conns", "1");
    DEFAULTS.put("--rate", "100");
  }

  private int whole(String option) {
    return Integer.parseInt(options.get(option));
  }

  private double number(String option) {
    return Double.parseDouble(options.get(option));
  }

  private Map<String, Object> run() {
    int conns = whole("--conns");
    long needed = conns + whole("--stalled") + 200L;
    if (Programs.openFilesLimit() < needed) {
      throw new IllegalStateException("RLIMIT_NOFILE is too low; try ulimit -Hn " + needed);
    }
    SubscriberPlan plan = SubscriberPlan.of(options.get("--path"), conns).topics(whole("--topics"));
    double cpu = ProcessStats.ownCpuSeconds();
    try (Swarm swarm = new Swarm(whole("--port"));
        Publisher publisher = new Publisher(whole("--port"), commands())) {
      Subscribers readers = swarm.connect(plan, 120);
      if (whole("--stalled") > 0) {
        swarm.connect(
            SubscriberPlan.of(options.get("--path"), whole("--stalled")).notReading(), 120);
      }
      if (!options.get("--pub-path").isEmpty()) {
        publisher.publish(number("--rate"));
      }
      Pause.seconds(number("--warm"));
      final PublisherFigures warm = publisher.window();
      final SubscriberFigures before = swarm.window(readers);
      Pause.seconds(number("--secs"));
      final SubscriberFigures seen = swarm.window(readers);
      final PublisherFigures published = publisher.window();
      publisher.pause();
      Pause.seconds(number("--drain"));
      final PublisherFigures rest = publisher.window();
      final SubscriberFigures late = swarm.window(readers);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("conns", conns);
      result.put("open", late.open());
      result.put("failed", late.failed());
      result.put("refused", late.refused());
      result.put("closed_by_server", late.closedByServer());
      result.put("connects_per_s", before.answered() / before.connectSeconds());
      result.put("published", warm.accepted() + published.accepted() + rest.accepted());
      result.put("published_per_s", published.perSecond());
      result.put("publish_refused", warm.refused() + published.refused() + rest.refused());
      result.put("first_refusal", rest.firstRefusal());
      result.put("deliveries", before.deliveries() + seen.deliveries() + late.deliveries());
      result.put(
          "expected", (warm.accepted() + published.accepted() + rest.accepted()) * late.open());
      result.put("deliveries_per_s", seen.deliveriesPerSecond());
      result.put("bytes", seen.bytes());
      result.put("latency_ms", Latency.of(seen.latency()));
      result.put("answer_ms", Latency.of(published.answerTimes()));
      result.put("client_cpu_s", ProcessStats.ownCpuSeconds() - cpu);
      return result;
    }
  }

  private List<Command> commands() {
    if (options.get("--pub-path").isEmpty()) {
      return List.of();
    }
    String body = options.get("--pub-body").replace("%T", PreparedRequest.MARKER);
    return Collections.nCopies(whole("--pub-conns"), body).stream()
        .map(
            b ->
                Command.of(
                    new PreparedRequest(
                        whole("--port"), options.get("--pub-path"), options.get("--pub-type"), b)))
        .toList();
  }
}
