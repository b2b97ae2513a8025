package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The tallies from which it is told what was lost, doubled or refused. */
class SubscribersTest {
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
  private final MarkerScanner scanner = new MarkerScanner(buffer);

  private void receive(Subscribers group, Subscribers.Connection connection, int events) {
    String text = ("id: 1\ndata: tmk%016d\n\n".formatted(WallClock.micros())).repeat(events);
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    buffer.put(MarkerScanner.HEADROOM, bytes);
    group.received(connection, bytes.length, MarkerScanner.HEADROOM + bytes.length, scanner);
  }

  @Test
  void shouldCountEveryConnectionByWhatBecameOfIt() {
    Subscribers group = new Subscribers(SubscriberPlan.of("/e", 5), 3001);
    Subscribers.Connection stays = group.dial();
    assertThat(group.answered(stays, 200)).isTrue();
    Subscribers.Connection isEnded = group.dial();
    group.answered(isEnded, 200);
    group.ended(isEnded);
    assertThat(group.answered(group.dial(), 503)).isFalse();
    group.ended(group.dial()); // it got no answer
    group.dial();
    group.failed();
    SubscriberFigures figures = group.figures(false);
    assertThat(figures.dialed()).isEqualTo(5);
    assertThat(figures.answered()).isEqualTo(2);
    assertThat(figures.open()).isEqualTo(1);
    assertThat(figures.refused()).isEqualTo(1);
    assertThat(figures.failed()).isEqualTo(2);
    assertThat(figures.closedByServer()).isEqualTo(1);
    assertThat(figures.settled(5)).isTrue();
    assertThat(figures.settled(6)).isFalse();
    assertThat(group.untilNextDial(System.nanoTime())).as("all are dialed").isPositive();
  }

  @Test
  void shouldCountDeliveriesOfOneWindowOnce() {
    Subscribers group = new Subscribers(SubscriberPlan.of("/e", 1), 3001);
    Subscribers.Connection connection = group.dial();
    group.answered(connection, 200);
    receive(group, connection, 3);
    assertThat(group.figures(false).deliveries()).isEqualTo(3);
    SubscriberFigures first = group.figures(true);
    assertThat(first.deliveries()).isEqualTo(3);
    assertThat(first.latency().getTotalCount()).isEqualTo(3);
    receive(group, connection, 2);
    SubscriberFigures second = group.figures(true);
    assertThat(second.deliveries()).isEqualTo(2);
    assertThat(second.latency().getTotalCount()).isEqualTo(2);
    assertThat(first.latency().getTotalCount()).as("of the first window still").isEqualTo(3);
    assertThat(group.figures(true).bytes()).isZero();
  }

  @Test
  void shouldCallAConnectionCaughtUpOnceItHasItsWholeBacklog() {
    SubscriberPlan plan = SubscriberPlan.of("/e", 2).resuming(10, 500, 4);
    Subscribers group = new Subscribers(plan, 3001);
    Subscribers.Connection one = group.dial();
    Subscribers.Connection other = group.dial();
    group.answered(one, 200);
    group.answered(other, 200);
    receive(group, one, 3);
    assertThat(group.figures(false).caughtUp()).isZero();
    receive(group, one, 1);
    receive(group, other, 9);
    receive(group, one, 5);
    assertThat(group.figures(false).caughtUp()).isEqualTo(2);
    String request = StandardCharsets.US_ASCII.decode(group.request(one)).toString();
    assertThat(request).contains("\r\nLast-Event-ID: 500\r\n").endsWith("\r\n\r\n");
  }

  @Test
  void shouldKeepToItsRateAndToItsNumberUnderWay() {
    SubscriberPlan plan = SubscriberPlan.churn("/e", 10, 1000);
    Subscribers group = new Subscribers(plan, 3001);
    assertThat(group.untilNextDial(System.nanoTime())).isZero();
    Subscribers.Connection first = group.dial();
    assertThat(group.untilNextDial(first.dialedNanos)).isEqualTo(100_000_000);
    assertThat(group.untilNextDial(first.dialedNanos + 100_000_000)).isZero();

    Subscribers few = new Subscribers(SubscriberPlan.of("/e", 1000), 3001);
    Subscribers.Connection last = few.dial();
    for (int i = 1; i < 200; i++) {
      last = few.dial();
    }
    assertThat(few.untilNextDial(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
    few.answered(last, 200);
    assertThat(few.untilNextDial(System.nanoTime())).isZero();
  }
}
