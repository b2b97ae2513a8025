package io.flowfi.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.container.OutputMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections that come and go while events flow: no byte of one connection's events may ever reach
 * another.
 */
class EventStreamChurnTest {
  private static final int CLIENTS = 8;
  private static final int TURNS = 150;
  private static final Pattern EVENT =
      Pattern.compile(
          "event: stream.withdrawn\ndata: \\{\"stream\":(\\d+),\"p\":\"([a-z])\\2*\"}\nid: (\\d+)\\.test\n\n");

  @ParameterizedTest
  @EnumSource(names = {"DETACHED", "ASYNC"})
  void shouldNeverMixConnections(OutputMode mode) throws Exception {
    EventStreams streams = new EventStreams();
    EmbeddedTomcat tomcat = new EmbeddedTomcat(streams, mode, connector -> {});
    ExecutorService pool = Executors.newCachedThreadPool();
    AtomicBoolean publishing = new AtomicBoolean(true);
    try {
      Future<?> publisher = pool.submit(() -> publish(streams, publishing));
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int stream = i;
        clients.add(pool.submit(() -> comeAndGo(tomcat.port(), stream)));
      }
      int read = 0;
      for (Future<Integer> client : clients) {
        read += client.get(120, TimeUnit.SECONDS);
      }
      assertThat(read).isGreaterThanOrEqualTo(CLIENTS * TURNS);
      await()
          .untilAsserted(
              () -> {
                // events still flow: over HTTP/1.1 the Servlet API shows a lost client only by a
                // failed write
                assertThat(streams.closed).hasValue(CLIENTS * TURNS);
                assertThat(streams.fanOut.statistics().connections()).isZero();
                assertThat(streams.fanOut.statistics().filters().get("stream")).isZero();
              });
      publishing.set(false);
      publisher.get(10, TimeUnit.SECONDS);
    } finally {
      publishing.set(false);
      pool.shutdownNow();
      streams.close();
      tomcat.stop();
    }
  }

  private static void publish(EventStreams streams, AtomicBoolean publishing) {
    while (publishing.get()) {
      int stream = ThreadLocalRandom.current().nextInt(CLIENTS);
      String padding =
          String.valueOf((char) ('a' + stream))
              .repeat(ThreadLocalRandom.current().nextInt(1, 3_000));
      streams.publish(stream, "{\"stream\":" + stream + ",\"p\":\"" + padding + "\"}");
      LockSupport.parkNanos(50_000);
    }
  }

  private static int comeAndGo(int port, int stream) throws Exception {
    int read = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      try (RawClient client = RawClient.connect(port, 0)) {
        client.request("GET", "/events?streams=" + stream);
        client.readHead();
        assertThat(client.frame()).contains("connected");
        long last = 0;
        for (int wanted = ThreadLocalRandom.current().nextInt(1, 6); wanted > 0; wanted--) {
          Matcher event = EVENT.matcher(client.frame());
          assertThat(event.matches()).as("a whole frame of ours").isTrue();
          assertThat(Integer.parseInt(event.group(1))).isEqualTo(stream);
          assertThat(event.group(2)).isEqualTo(String.valueOf((char) ('a' + stream)));
          assertThat(Long.parseLong(event.group(3))).isGreaterThan(last);
          last = Long.parseLong(event.group(3));
          read++;
        }
      }
    }
    return read;
  }
}
