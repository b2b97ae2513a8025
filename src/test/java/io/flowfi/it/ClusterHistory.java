package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** All commands and deliveries of a test, and what must hold for them. Any thread may add. */
final class ClusterHistory {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * An event as the first follower got it. Hashes, because there may be a million.
   *
   * @param content what the text says
   */
  private record Seen(int text, int content) {}

  private final Queue<ClusterWriter.Done> done = new ConcurrentLinkedQueue<>();

  /** What the first follower got at each position. */
  private final Map<Long, Seen> seen = new ConcurrentHashMap<>();

  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  void add(ClusterWriter.Done command) {
    done.add(command);
  }

  /** An event as a follower got it; all must get the same. */
  void seen(long position, String data) {
    Seen before = seen.get(position);
    if (before == null) {
      before = seen.putIfAbsent(position, new Seen(data.hashCode(), content(data)));
    }
    if (before != null && before.text() != data.hashCode()) {
      fault("two followers got different events at " + position + ", one of them " + data);
    }
  }

  private static int content(String data) {
    try {
      return JSON.readTree(data).hashCode();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + data, e);
    }
  }

  void fault(String words) {
    faults.add(words);
  }

  /** What has gone wrong already. */
  void assertNoFaults() {
    assertThat(faults).isEmpty();
  }

  int commands() {
    return done.size();
  }

  /** Compares with the log when all commands are answered and all followers have ended. */
  void check(List<JsonNode> log, List<ClusterFollower> followers) {
    assertNoFaults();
    Map<String, List<ClusterWriter.Done>> streams = new HashMap<>();
    Map<String, ClusterWriter.Done> marks = new HashMap<>();
    for (ClusterWriter.Done command : done) {
      assertThat(marks.put(command.mark(), command)).isNull();
      streams.computeIfAbsent(command.stream(), any -> new ArrayList<>()).add(command);
    }
    Map<String, Long> versions = new HashMap<>();
    Map<String, BigInteger> deposits = new HashMap<>();
    Map<String, List<Long>> positions = new HashMap<>();
    long position = 0;
    for (JsonNode event : log) {
      assertThat(event.path("seq").asLong()).isEqualTo(++position);
      String stream = event.at("/data/streamId").asText();
      long version = event.at("/data/version").asLong();
      assertThat(versions.merge(stream, 1L, Long::sum))
          .as("version of %s", event)
          .isEqualTo(version);
      positions.computeIfAbsent(stream, any -> new ArrayList<>()).add(position);
      String mark =
          version == 1 ? event.at("/data/reference").asText() : event.at("/data/amount").asText();
      ClusterWriter.Done command = marks.remove(mark);
      assertThat(command).as("the command of %s; each is there once", event).isNotNull();
      assertThat(command.stream()).isEqualTo(stream);
      assertThat(command.version()).as("the answer to %s", event).isEqualTo(version);
      assertThat(deposits.merge(stream, added(event), BigInteger::add))
          .as("what all commands up to %s have added", event)
          .isEqualTo(deposited(event));
      if (seen.containsKey(position)) {
        assertThat(seen.get(position).content())
            .as("what followers got of %s", event)
            .isEqualTo(event.path("data").hashCode());
      }
    }
    assertThat(marks).as("answered, and not in the log").isEmpty();
    streams.values().forEach(ClusterHistory::checkOrder);
    for (ClusterFollower follower : followers) {
      assertThat(follower.last()).as("%s", follower).isEqualTo(position);
      follower.stream()
          .ifPresent(
              stream ->
                  assertThat(follower.positions())
                      .as("%s", follower)
                      .isEqualTo(positions.get(stream)));
    }
    assertThat(seen).hasSize(log.size());
  }

  /** By the command. */
  private static BigInteger added(JsonNode event) {
    JsonNode data = event.path("data");
    return new BigInteger(data.path(data.has("amount") ? "amount" : "depositedAmount").asText());
  }

  /** By the event. */
  private static BigInteger deposited(JsonNode event) {
    JsonNode data = event.path("data");
    return new BigInteger(
        data.path(data.has("amount") ? "newDepositedAmount" : "depositedAmount").asText());
  }

  /** A command that was answered before another was sent comes before it. */
  private static void checkOrder(List<ClusterWriter.Done> commands) {
    List<ClusterWriter.Done> latest = new ArrayList<>(commands);
    latest.sort(Comparator.comparingLong(ClusterWriter.Done::version).reversed());
    ClusterWriter.Done first = latest.get(0);
    for (ClusterWriter.Done command : latest) {
      assertThat(command.began() - first.answered())
          .as("%s comes before %s", command, first)
          .isLessThan(0);
      if (command.answered() - first.answered() < 0) {
        first = command;
      }
    }
  }
}
