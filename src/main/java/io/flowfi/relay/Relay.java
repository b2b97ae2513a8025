package io.flowfi.relay;

import io.flowfi.health.HealthCheck;
import io.flowfi.log.CommitListener;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LoggedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells the other nodes of a log what this one commits, and the feed of this one what they commit.
 * Without a channel, or while it is away, the log is only looked at regularly: then events of other
 * nodes come later, and nothing else changes.
 *
 * <p>Any thread may call. Threads of its own do the work.
 */
public final class Relay implements HealthCheck, AutoCloseable {
  /** A channel that is silent for so long is dead: there is a sign of life every second. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private final CommitListener feed;
  private final Optional<Channel> channel;
  private final Echo echo = new Echo(SILENCE);
  private final RelayCounts counts = new RelayCounts();
  private final Optional<RelayPublisher> publisher;
  private final Optional<RelaySubscriber> subscriber;
  private final HeadPoller poller;

  /**
   * Nothing runs yet.
   *
   * @param channel empty only polls
   * @param feed of this node
   * @param position of the feed
   */
  public Relay(
      LogIdentity log,
      LogSecret secret,
      Optional<Channel> channel,
      Duration pollInterval,
      CommitListener feed,
      Supplier<LogPosition> position) {
    this.feed = feed;
    this.channel = channel;
    Supplier<SealedMessages> messages =
        () -> new SealedMessages(log, secret, channel.get().longestMessage());
    this.publisher =
        channel.map(
            to -> new RelayPublisher(to, messages.get(), echo, counts, position, this::watch));
    this.subscriber =
        channel.map(
            from -> new RelaySubscriber(from, messages.get(), echo, counts, feed, this::call));
    this.poller = new HeadPoller(pollInterval, feed::ring);
  }

  private void watch() {
    subscriber.ifPresent(RelaySubscriber::watch);
  }

  private void call() {
    publisher.ifPresent(RelayPublisher::call);
  }

  public void start() {
    subscriber.ifPresent(RelaySubscriber::start);
    publisher.ifPresent(RelayPublisher::start);
    poller.start();
  }

  /** For the ledger of this node: its commits go to the feed first, then to the other nodes. */
  public CommitListener ownLedger() {
    return new CommitListener() {
      @Override
      public void committed(List<LoggedEvent> batch) {
        feed.committed(batch);
        if (!batch.isEmpty()) {
          publisher.ifPresent(to -> to.tell(batch));
        }
      }

      @Override
      public void ring() {
        feed.ring(); // the others hear of it with the next sign of life
      }
    };
  }

  /** Empty if there is no channel. */
  public Optional<RelayStatistics> statistics() {
    return channel.map(
        by ->
            new RelayStatistics(
                by.name(),
                echo.isHeard(),
                counts.sent.sum(),
                counts.sentBare.sum(),
                counts.notSent.sum(),
                counts.received.sum(),
                counts.foreign.sum(),
                counts.unsigned.sum(),
                counts.connects.sum(),
                echo.lagMicros()));
  }

  @Override
  public String name() {
    return "relay";
  }

  /** Nothing: a node without its channel does its work, only later. */
  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public Optional<String> degraded() {
    if (poller.isFailing()) {
      return Optional.of("cannot poll for events of other nodes");
    }
    return HealthCheck.trouble(
        channel.isPresent() && !echo.isHeard(),
        "hears nothing from other nodes and polls for their events");
  }

  @Override
  public void close() throws InterruptedException {
    poller.close();
    if (publisher.isPresent()) {
      publisher.get().close();
      subscriber.get().close();
    }
  }
}
