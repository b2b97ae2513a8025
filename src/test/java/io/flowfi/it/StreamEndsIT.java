package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.it.ScriptedStream.Answer;
import io.flowfi.it.ScriptedStream.Call;
import io.flowfi.it.ScriptedStream.End;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What published clients make of the end of a stream, each left to itself: after the last block of
 * a server that stops ({@code reconnect}) comes a clean end, or a reset, or a reset behind so much
 * that the last block is still in the server's buffers. {@code docs/clients.md} has the outcome as
 * a table; the server ends its streams cleanly because of it.
 */
@EnabledIfSystemProperty(
    named = "flowfi.clients.restarts",
    matches = "[2-9]|[0-9]{2,}",
    disabledReason = "it is about libraries, and only -Pclients runs it")
@Timeout(600)
class StreamEndsIT {
  private static final Duration START = Duration.ofSeconds(90);

  /** Longer than the wait that the last block asks for, and than that of each client. */
  private static final Duration COMEBACK = Duration.ofSeconds(10);

  private static final String HELLO =
      "retry: 300\ndata: {\"type\":\"connected\",\"log\":\"a\",\"head\":1}\nid: 0.a\n\n";

  private static final String EVENT =
      "event: stream.created\ndata: {\"streamId\":\"1\"}\nid: 1.a\n\n";

  private static final String GOODBYE =
      "retry: 2000\nevent: reconnect\ndata: {\"reason\":\"shutdown\"}\nid: 9.a\n\n";

  /** More than the receive buffer of a client, in blocks that each of them takes. */
  private static final String MUCH =
      ("event: stream.created\ndata: \"" + "x".repeat(3000) + "\"\nid: 2.a\n\n").repeat(3000);

  /** The columns of the table. */
  private enum Way {
    CLEAN(GOODBYE, End.CLEAN),
    RESET(GOODBYE, End.RESET),
    RESET_BEHIND_MUCH(MUCH + GOODBYE, End.RESET);

    private final Answer answer;

    Way(String last, End end) {
      answer = Answer.stream(HELLO, EVENT).thenAtLast(last, end);
    }
  }

  /** {@code | eventsource 2.0.2 | comes back | comes back | loses the last block |}. */
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| (@?[a-z][a-z/.-]* [0-9][0-9A-Za-z.]*) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");

  /** A client and where it connects to. */
  private record Trial(PublishedClient client, ScriptedStream server, FollowerProcess follower) {
    static Trial start(PublishedClient client, Way way) {
      ScriptedStream server =
          ScriptedStream.play(List.of(way.answer, Answer.stream(HELLO).thenSilence()));
      return new Trial(
          client, server, client.followAlone(server.uri() + "?all=true&lastEventId=0"));
    }

    /** As the table has it. */
    String outcome() {
      server.nextCall(START);
      Optional<Call> back = server.anotherCall(COMEBACK);
      if (back.isEmpty()) {
        return "does not come back";
      }
      return switch ((int) back.get().cursor()) {
        case 9 -> "comes back";
        case 0 -> "comes back, where it began";
        default -> "comes back, without the last block";
      };
    }

    void close() {
      follower.close();
      server.close();
    }
  }

  @Test
  void shouldDocumentWhoComesBackByItself() throws Exception {
    List<PublishedClient> clients = new ArrayList<>(NpmClients.install());
    clients.addAll(NpmClients.installForNewerNode());
    clients.addAll(JavaClients.install());
    clients.removeIf(client -> !client.connects());
    Map<String, List<String>> outcomes = new TreeMap<>();
    StringBuilder said = new StringBuilder();
    for (Way way : Way.values()) {
      List<Trial> trials = clients.stream().map(client -> Trial.start(client, way)).toList();
      try {
        for (Trial trial : trials) {
          String name = trial.client().name() + " " + trial.client().version();
          outcomes.computeIfAbsent(name, one -> new ArrayList<>()).add(trial.outcome());
          said.append(way).append(' ').append(trial.follower()).append('\n');
        }
      } finally {
        trials.forEach(Trial::close);
      }
    }
    Files.writeString(Path.of("target/stream-ends.txt"), outcomes + "\n\n" + said);
    assertThat(documented())
        .as("the table of docs/clients.md; target/stream-ends.txt has what the clients said")
        .isEqualTo(outcomes);
  }

  private static Map<String, List<String>> documented() throws Exception {
    return ROW.matcher(Files.readString(Path.of("docs/clients.md")))
        .results()
        .collect(
            Collectors.toMap(
                row -> row.group(1), StreamEndsIT::cells, (one, other) -> one, TreeMap::new));
  }

  /** What is in brackets explains, and is not compared. */
  private static List<String> cells(MatchResult row) {
    return List.of(row.group(2), row.group(3), row.group(4)).stream()
        .map(cell -> cell.replaceFirst(" \\(.*", ""))
        .toList();
  }
}
