package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.it.ScriptedStream.Answer;
import io.flowfi.servers.Needed;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The programs of {@code docs/examples} do what {@code docs/clients.md} promises. */
@Timeout(240)
class ExamplesIT {
  private static final Path EXAMPLES =
      Path.of(ServerProcess.setting("flowfi.basedir"), "docs/examples");
  private static final Duration COMEBACK = Duration.ofSeconds(60);

  /** Those that notice silence themselves; the time is short for the test. */
  private static final String BASH = "SILENCE=2 exec bash " + EXAMPLES + "/follow.sh ";

  private static final String PYTHON = "SILENCE=2 exec python3 " + EXAMPLES + "/follow.py ";
  private static final String JAVA =
      "SILENCE=2 exec " + System.getProperty("java.home") + "/bin/java -Xmx64m ";

  private final List<AutoCloseable> running = new ArrayList<>();

  /** What is here of the tools, and the commands; each is given the URL of its subscription. */
  private static Map<String, String> commands() throws Exception {
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put("FollowHttp.java", JAVA + EXAMPLES + "/FollowHttp.java ");
    String classPath = System.getProperty("java.class.path");
    commands.put(
        "FollowJaxRs.java", JAVA + "-cp '" + classPath + "' " + EXAMPLES + "/FollowJaxRs.java ");
    if (DocumentedCommandsIT.hasCurl()) {
      commands.put("follow.sh", BASH);
    }
    if (hasPython()) {
      commands.put("follow.py", PYTHON);
    }
    return commands;
  }

  private static boolean hasPython() throws Exception {
    return DocumentedCommandsIT.run("python3 --version").startsWith("Python 3");
  }

  private static boolean hasNode() throws Exception {
    return DocumentedCommandsIT.run("node --version").matches("(?s)v[2-9][0-9].*");
  }

  @Test
  void shouldFindTheirTools() throws Exception {
    Needed.need(
        commands().size() == 4,
        "python3 or curl is not installed: the examples that need them were not tried");
    NodeProject.needNode("the example in it");
  }

  @Test
  void shouldDoAsTheServerSays() throws Exception {
    try {
      Map<FollowerProcess, ScriptedStream> plays = new LinkedHashMap<>();
      commands().forEach((name, command) -> plays.putAll(play(name, command, true)));
      if (hasNode()) {
        // its silence is tested with the client
        plays.putAll(play("follow.mjs", "exec node " + EXAMPLES + "/follow.mjs ", false));
      }
      plays.forEach(ExamplesIT::assertThatItObeys);
    } finally {
      end();
    }
  }

  private Map<FollowerProcess, ScriptedStream> play(String name, String command, boolean silence) {
    Answer quiet = Answer.stream(hello("a", 5), created("a", 6));
    ScriptedStream server =
        ScriptedStream.play(
            List.of(
                Answer.stream(
                    "retry: 1200\n" + hello("a", 0),
                    created("a", 1),
                    "event: heartbeat\ndata: {\"head\":3}\nid: 3.a\n\n",
                    "event: notice\ndata: {\"text\":\"has no position\"}\n\n",
                    ": of something in between\n\n",
                    "data:\n\n",
                    "event: stream.created\ndata: {\"streamId\":\"is cut o"),
                Answer.unavailable(2),
                Answer.stream(
                    hello("a", 3),
                    created("a", 2),
                    created("a", 4),
                    "retry: 1500\nevent: reconnect\ndata: {\"reason\":\"shutdown\"}\nid: 5.a\n\n"),
                silence ? quiet.thenSilence() : quiet,
                Answer.stream(hello("b", 6), created("b", 7)),
                Answer.stream(
                    hello("b", 0),
                    created("b", 1),
                    "event: reset\ndata: {\"reason\":\"history_trimmed\",\"oldest\":5,\"head\":9}\nid: 9.b\n\n"),
                Answer.stream(hello("b", 0), created("b", 5)).thenSilence()));
    running.add(server);
    String url = name.endsWith(".mjs") ? server.uri().toString() : subscribe(server.uri());
    FollowerProcess follower = FollowerProcess.start(name, command + url);
    running.add(follower);
    return Map.of(follower, server);
  }

  private static void assertThatItObeys(FollowerProcess follower, ScriptedStream server) {
    try {
      assertThat(server.nextCall(COMEBACK).cursor()).isZero();
      // our client compares the log itself; the others send it back with the position
      String log = follower.name().endsWith(".mjs") ? "" : "a";
      assertCall(server, 3, log, Duration.ofMillis(1200)); // the `retry` of the stream
      assertCall(server, 3, log, Duration.ofSeconds(2)); // the Retry-After of the 503
      assertCall(server, 5, log, Duration.ofMillis(1500)); // the `retry` of the goodbye
      assertCall(server, 6, log, Duration.ofMillis(1500)); // the silence, or the end
      assertThat(server.nextCall(COMEBACK).cursor()).isZero(); // another log
      assertThat(server.nextCall(COMEBACK).cursor()).isZero(); // reset
      follower.awaitLine("5 ", COMEBACK);
    } catch (AssertionError e) {
      throw new AssertionError(follower.toString(), e);
    }
    assertThat(follower.lines().stream().map(line -> line.replaceAll(" \\{.*", "")))
        .as(follower.name())
        .containsExactly(
            "1 stream.created",
            "4 stream.created",
            "6 stream.created",
            "start over",
            "1 stream.created",
            "start over",
            "5 stream.created");
    assertThat(follower.lines().get(1)).matches("4 stream.created \\{\"streamId\": ?\"4\"\\}");
  }

  private static void assertCall(ScriptedStream server, long cursor, String log, Duration atLeast) {
    ScriptedStream.Call call = server.nextCall(COMEBACK);
    assertThat(call.cursor()).isEqualTo(cursor);
    assertThat(call.log()).isEqualTo(log);
    assertThat(call.waited()).isGreaterThanOrEqualTo(atLeast);
  }

  private static String hello(String log, long position) {
    return "data: {\"type\":\"connected\",\"log\":\"%s\",\"head\":9}\nid: %d.%s\n\n"
        .formatted(log, position, log);
  }

  private static String created(String log, long position) {
    return "event: stream.created\ndata: {\"streamId\":\"%d\"}\nid: %d.%s\n\n"
        .formatted(position, position, log);
  }

  /** What was paid stays booked when the server no longer keeps it, and goes with another log. */
  @Test
  void shouldKeepTheBookingsWhoseEventsAreNoLongerKept() throws Exception {
    Needed.need(hasPython(), "python3 is not installed");
    String trimmed =
        "event: reset\ndata: {\"reason\":\"history_trimmed\",\"oldest\":5,\"head\":9}\nid: 9.a\n\n";
    ScriptedStream server =
        ScriptedStream.play(
            List.of(
                Answer.stream("retry: 1\n" + hello("a", 0), withdrawn("a", 1), trimmed),
                Answer.stream(hello("a", 0), withdrawn("a", 5)),
                Answer.stream("retry: 5000\n" + hello("a", 5), withdrawn("a", 6)),
                Answer.stream(hello("b", 6)),
                Answer.stream(hello("b", 0), withdrawn("b", 2)).thenSilence()));
    running.add(server);
    Path books = ServerProcess.newFolder("bookings").resolve("books.db");
    try {
      FollowerProcess booking =
          FollowerProcess.start(
              "book_payments.py",
              "exec python3 "
                  + EXAMPLES
                  + "/book_payments.py "
                  + subscribe(server.uri())
                  + " "
                  + books);
      running.add(booking);
      booking.awaitLine("6 ", COMEBACK);
      assertThat(booked(books)).containsExactly(entry(1L, "1"), entry(5L, "5"), entry(6L, "6"));
      booking.awaitLine("2 ", COMEBACK);
      assertThat(booked(books)).containsExactly(entry(2L, "2"));
    } finally {
      end();
    }
  }

  private static String withdrawn(String log, long position) {
    return "event: stream.withdrawn\ndata: {\"streamId\":\"1\",\"recipient\":\"G\",\"amount\":\"%d\"}\nid: %d.%s\n\n"
        .formatted(position, position, log);
  }

  /** The bookings are killed, too: again and again, while the payments are made. */
  @Test
  void shouldLoseAndRepeatNothingOverRestarts() throws Exception {
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      List<FollowerProcess> followers = new ArrayList<>();
      commands()
          .forEach(
              (name, command) ->
                  followers.add(
                      FollowerProcess.start(
                          name, command.replace("SILENCE=2 ", "") + subscribe(server.uri()))));
      if (hasNode()) {
        String command = "exec node " + EXAMPLES + "/follow.mjs " + server.uri();
        followers.add(FollowerProcess.start("follow.mjs", command));
      }
      running.addAll(followers);
      Path books = server.dataFolder().resolveSibling("books.db");
      FollowerProcess booking = null;
      if (hasPython()) {
        String program = "exec python3 " + EXAMPLES + "/book_payments.py ";
        booking =
            FollowerProcess.start(
                "book_payments.py", program + subscribe(server.uri()) + " " + books);
        running.add(booking);
      }
      String stream = create(server.api());
      writer.scheduleWithFixedDelay(() -> pay(server.api(), stream), 0, 50, TimeUnit.MILLISECONDS);
      for (FollowerProcess follower : followers) {
        follower.awaitLine("1 ", COMEBACK);
      }
      kill(booking, 3);
      server.stop();
      kill(booking, 1);
      server.restart();
      awaitHead(server, 20, followers);
      kill(booking, 3);
      server.kill();
      server.restart();
      kill(booking, 3);
      writer.shutdown();
      assertThat(writer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(server.api().post("v1/streams/" + stream + "/cancel", "").status()).isEqualTo(200);

      List<JsonNode> history = server.api().history();
      List<Long> all = history.stream().map(event -> event.path("seq").asLong()).toList();
      for (FollowerProcess follower : followers) {
        follower.awaitLine(all.get(all.size() - 1) + " ", COMEBACK);
        assertThat(follower.positions()).as(follower.name()).isEqualTo(all);
      }
      if (booking != null) {
        booking.awaitLine(all.get(all.size() - 1) + " stream.cancelled", COMEBACK);
        assertThat(booked(books)).containsExactlyEntriesOf(payments(history));
      }
    } finally {
      writer.shutdownNow();
      end();
    }
  }

  /** Waits until everybody has seen this many events more. */
  private static void awaitHead(TomcatServer server, int more, List<FollowerProcess> followers) {
    long target = Math.addExact(server.api().history().size(), more);
    for (FollowerProcess follower : followers) {
      follower.awaitLine(target + " ", COMEBACK);
    }
  }

  /** Each time after some bookings more; a server that is away has none. */
  private static void kill(FollowerProcess booking, int times) {
    for (int i = 0; booking != null && i < times; i++) {
      await().until(() -> times == 1 || booking.lines().size() > 5);
      booking.killAndRestart();
    }
  }

  private static String create(HttpApi api) {
    return api.create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
  }

  private static void pay(HttpApi api, String stream) {
    try {
      api.post("v1/streams/" + stream + "/withdraw", HttpApi.object().put("amount", "7"));
      api.post("v1/streams/" + stream + "/top-up", HttpApi.object().put("amount", "9"));
    } catch (UncheckedIOException serverIsAway) {
      // the history says what it has taken
    }
  }

  private static String subscribe(URI server) {
    return "'" + server.resolve("v1/events/subscribe?all=true") + "'";
  }

  /** Position and amount of each payment, by the history. */
  private static Map<Long, String> payments(List<JsonNode> history) {
    Map<Long, String> payments = new LinkedHashMap<>();
    long paid = 0;
    for (JsonNode event : history) {
      JsonNode data = event.path("data");
      long amount =
          switch (event.path("type").asText()) {
            case "stream.withdrawn" -> data.path("amount").asLong();
            case "stream.cancelled" -> data.path("amountWithdrawn").asLong() - paid;
            default -> 0;
          };
      paid += amount;
      if (amount > 0) {
        payments.put(event.path("seq").asLong(), Long.toString(amount));
      }
    }
    return payments;
  }

  private static Map<Long, String> booked(Path books) throws SQLException {
    Map<Long, String> booked = new LinkedHashMap<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + books);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select position, amount from payment order by position")) {
      while (rows.next()) {
        booked.put(rows.getLong(1), rows.getString(2));
      }
    }
    return booked;
  }

  private void end() throws Exception {
    for (AutoCloseable started : running) {
      started.close();
    }
  }
}
