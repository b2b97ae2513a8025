package io.flowfi.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.sse.EventStreams;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a client over HTTP/2 is told that is ended because it stands still. If its window opens in
 * time, it is not ended; so the word finds room only if the window opens just before the end and
 * the container has not said so yet. With a real connection that is a matter of luck, hence a
 * window of the test's own.
 */
@Timeout(60)
class LastWordsTest {
  private static final String EVENT = "{\"p\":\"" + "x".repeat(2_000) + "\"}";

  private static final String EVENT_BEGINS = "event: stream.withdrawn\ndata: ";
  private static final String EVENT_ENDS = "\nid: 1.test\n\n";

  /** For the greeting and a part of the event. */
  private static final int FIRST_ROOM = 1_000;

  private static final int PLENTY = 1 << 20;

  private final EventStreams streams = new EventStreams(Duration.ofMillis(300));
  private final AtomicInteger closed = new AtomicInteger();
  private final Window window = new Window(FIRST_ROOM);

  @AfterEach
  void stop() {
    streams.close();
  }

  /** One stream of HTTP/2 as its container shows it: what finds no room waits inside. */
  private static final class Window extends ServletOutputStream implements WriteTimeouts.Of {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<String> ending = new ArrayList<>();
    private int room;
    private byte[] waiting = {};

    Window(int room) {
      this.room = room;
    }

    /** The client takes more; the container has not told anybody yet. */
    synchronized void open(int bytes) {
      room += bytes;
      byte[] next = waiting;
      waiting = new byte[0];
      send(next);
    }

    private void send(byte[] bytes) {
      int now = Math.min(room, bytes.length);
      sent.write(bytes, 0, now);
      room -= now;
      waiting = Arrays.copyOfRange(bytes, now, bytes.length);
    }

    synchronized int waiting() {
      return waiting.length;
    }

    synchronized String text() {
      return sent.toString(StandardCharsets.UTF_8);
    }

    synchronized List<String> ending() {
      return List.copyOf(ending);
    }

    synchronized void ends(String step) {
      ending.add(step);
    }

    @Override
    public synchronized boolean isReady() {
      return waiting.length == 0;
    }

    @Override
    public synchronized void write(byte[] bytes) {
      if (!isReady() || !ending.isEmpty()) {
        throw new IllegalStateException("written out of turn");
      }
      send(bytes);
    }

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one});
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      // never called: nobody hears that the window has opened
    }

    @Override
    public synchronized int room() {
      return Math.max(1, room);
    }

    @Override
    public void lift() {
      // none
    }

    @Override
    public void cut() {
      ends("cut");
    }
  }

  /** A subscriber of everything whose event is partly on its way. */
  private void standStill() throws Exception {
    AsyncContext context =
        proxy(
            AsyncContext.class,
            method -> {
              if (method.getName().equals("complete")) {
                window.ends("complete");
              }
              return null;
            });
    new AsyncOutputs((request, response) -> window, suspended -> {})
        .open(
            proxy(HttpServletRequest.class, method -> context),
            proxy(
                HttpServletResponse.class,
                method -> method.getName().equals("getOutputStream") ? window : null),
            streams.fanOut.prepare(
                new Subscription("test", EventFilter.EVERYTHING, Optional.empty(), false),
                through -> closed.incrementAndGet()));
    await().until(() -> window.text().contains("connected"));
    streams.publish(7, EVENT);
    await().until(() -> streams.fanOut.statistics().parked() == 1);
  }

  private static <T> T proxy(Class<T> type, Function<Method, Object> answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.apply(method)));
  }

  private void assertEnded() {
    await().untilAtomic(closed, org.hamcrest.Matchers.is(1));
    assertThat(streams.fanOut.statistics().slowClientsClosed()).isEqualTo(1);
    assertThat(streams.fanOut.statistics().connections()).isZero();
    assertThat(window.ending()).containsExactly("cut", "complete");
  }

  @Test
  void shouldTellASlowClientToReconnectIfItsWindowHasRoom() throws Exception {
    standStill();
    window.open(PLENTY);
    assertEnded();
    assertThat(window.waiting()).as("nothing is cut off").isZero();
    assertThat(window.text())
        .contains(EVENT)
        .matches(
            "(?s).*\nid: 1[.]test\n\nretry: \\d+\nevent: reconnect\n"
                + "data: [{]\"reason\":\"slow_client\"[}]\nid: 1[.]test\n\n");
  }

  @Test
  void shouldEndASlowClientWithoutAWordIfItsWindowHasNoRoom() throws Exception {
    standStill();
    assertEnded();
    assertThat(window.text()).hasSize(FIRST_ROOM).doesNotContain("reconnect");
  }

  /** A client reads no block whose end it has not got. */
  @Test
  void shouldEndASlowClientIfItsWindowHasRoomForAPartOfTheWord() throws Exception {
    standStill();
    int greeting = window.text().indexOf(EVENT_BEGINS);
    int rest = greeting + (EVENT_BEGINS + EVENT + EVENT_ENDS).length() - FIRST_ROOM;
    int part = 20;
    window.open(rest + part);
    assertEnded();
    String text = window.text();
    assertThat(text).hasSize(FIRST_ROOM + rest + part).contains(EVENT + EVENT_ENDS + "retry: ");
    assertThat(text.substring(text.length() - part)).doesNotContain("\n\n", "slow_client");
  }
}
