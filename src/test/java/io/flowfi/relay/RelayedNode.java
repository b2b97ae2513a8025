package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.feed.EventFeed;
import io.flowfi.feed.FeedSink;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node of a test: it commits to a shared log, and its feed gets what the others commit. */
final class RelayedNode implements AutoCloseable {
  /** Much more than is needed: the machine may be busy. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SharedLog log;
  private final EventFeed feed;
  private final List<LoggedEvent> passed = new CopyOnWriteArrayList<>();
  final Relay relay;

  /**
   * @param poll how often it looks at the log
   */
  RelayedNode(SharedLog log, Optional<Channel> channel, Duration poll) {
    this.log = log;
    this.feed =
        new EventFeed(
            log,
            new FeedSink() {
              @Override
              public void accept(List<LoggedEvent> events) {
                passed.addAll(events);
              }

              @Override
              public void skipTo(LogPosition position) {
                throw new IllegalStateException("nothing is removed from this log");
              }
            },
            LogPosition.BEGINNING);
    this.relay =
        new Relay(log.identity(), log.secret, channel, poll, feed.commits(), feed::position);
    feed.start();
    relay.start();
  }

  /** A commit of this node. */
  List<LoggedEvent> commit(int events) {
    return commit(events, "");
  }

  List<LoggedEvent> commit(int events, String payload) {
    List<LoggedEvent> batch = log.append(events, payload);
    relay.ownLedger().committed(batch);
    return batch;
  }

  RelayStatistics statistics() {
    return relay.statistics().orElseThrow();
  }

  void awaitConnected() {
    await().atMost(PATIENCE).until(() -> statistics().connected());
  }

  /** Until it has got the whole log: each event once, in order, as it was written. */
  void awaitAll() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> passed.size() >= log.all().size());
    assertThat(passed).isEqualTo(log.all());
  }

  List<LoggedEvent> passed() {
    return passed;
  }

  @Override
  public void close() {
    try {
      relay.close();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    feed.close();
  }
}
