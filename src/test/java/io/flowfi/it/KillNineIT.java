package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What was acknowledged is there after {@code kill -9}, and the log has neither gaps nor
 * repetitions.
 */
@Timeout(300)
class KillNineIT {
  private static final int ROUNDS = 6;
  private static final int WRITERS = 8;
  private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 200;

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  @Test
  void shouldKeepEveryAcknowledgedCommandThroughSixKills() throws Exception {
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      for (int round = 0; round < ROUNDS; round++) {
        writeUntilKilled(server, round);
        assertThat(server.isAlive()).isFalse();
        server.restart();
        assertThatNothingIsMissing(server.api().history(), round);
      }
    }
  }

  private void writeUntilKilled(TomcatServer server, int round) throws Exception {
    CountDownLatch busy = new CountDownLatch(ACKNOWLEDGED_BEFORE_THE_KILL);
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        String name = "r" + round + "-w" + writer;
        running.add(writers.submit(() -> write(server.api(), name, busy)));
      }
      assertThat(busy.await(60, TimeUnit.SECONDS)).as("writers made progress").isTrue();
      server.kill();
      for (Future<?> writer : running) {
        // each ends at its first request that got no answer; any answer but 201 is a failure
        writer.get(40, TimeUnit.SECONDS);
      }
    } finally {
      writers.shutdownNow();
    }
  }

  private void write(HttpApi api, String writer, CountDownLatch busy) {
    for (int number = 0; ; number++) {
      String reference = writer + "-" + number;
      try {
        api.create(
            HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
                .put("reference", reference));
      } catch (UncheckedIOException killed) {
        return;
      }
      acknowledged.add(reference);
      busy.countDown();
    }
  }

  private void assertThatNothingIsMissing(List<JsonNode> history, int round) {
    assertThat(history.stream().map(event -> event.path("seq").asLong()))
        .as("positions after kill %d", round + 1)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, history.size()).boxed().toList());
    Map<String, Integer> written = new HashMap<>();
    history.forEach(event -> written.merge(event.at("/data/reference").asText(), 1, Integer::sum));
    assertThat(written.keySet())
        .as("references after kill %d", round + 1)
        .containsAll(acknowledged);
    assertThat(written.values()).as("how often each was written").containsOnly(1);
    assertThat(acknowledged)
        .hasSizeGreaterThanOrEqualTo((round + 1) * ACKNOWLEDGED_BEFORE_THE_KILL);
  }
}
