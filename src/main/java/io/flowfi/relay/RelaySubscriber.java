package io.flowfi.relay;

import io.flowfi.log.CommitListener;
import io.flowfi.threads.DaemonThreads;

/**
 * Hears what other nodes tell, and passes on to the feed what is believed. A channel's connection
 * does not come back by itself, and may be dead without an end: so it is made anew after its end,
 * and after a silence, and what was missed meanwhile is read from the log.
 *
 * <p>Its own thread receives. {@link #watch} may come from any other.
 */
final class RelaySubscriber {
  private final Channel channel;
  private final SealedMessages messages;
  private final Echo echo;
  private final RelayCounts counts;
  private final CommitListener feed;
  private final Runnable subscribed;
  private final Attempts attempts;
  private final DaemonThreads threads = new DaemonThreads("relay-subscriber");
  private final Thread thread = threads.newThread(this::run);
  private volatile Channel.Receiving connection;

  /**
   * @param subscribed runs when receiving has begun
   */
  RelaySubscriber(
      Channel channel,
      SealedMessages messages,
      Echo echo,
      RelayCounts counts,
      CommitListener feed,
      Runnable subscribed) {
    this.channel = channel;
    this.messages = messages;
    this.echo = echo;
    this.counts = counts;
    this.feed = feed;
    this.subscribed = subscribed;
    this.attempts = new Attempts("receiving over " + channel.name());
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!attempts.hasEnded()) {
        try (Channel.Receiving opened = channel.openReceiving()) {
          connection = opened;
          if (!attempts.hasEnded()) { // otherwise close() may have missed this connection
            opened.receive(this::begun, this::hear);
          }
        } catch (RuntimeException | Error e) {
          attempts.failed(e); // an error, too: nobody would start this thread again
        }
        echo.dismiss();
        attempts.pause();
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    }
  }

  private void begun() {
    attempts.succeeded();
    counts.connects.increment();
    echo.expect();
    feed.ring(); // for what was told before
    subscribed.run();
  }

  private void hear(byte[] sealed) {
    Message message;
    try {
      message = messages.open(sealed);
    } catch (DroppedMessageException e) {
      switch (e.reason()) {
        case FOREIGN -> counts.foreign.increment();
        case UNSIGNED -> counts.unsigned.increment();
      }
      return;
    }
    if (message.sender() == echo.sender()) {
      echo.heard(message.sentNanos());
      return;
    }
    counts.received.increment();
    if (message.events().isEmpty()) {
      feed.ring(message.head());
    } else {
      feed.committed(message.events());
    }
  }

  /** Cuts a connection over which this node no longer hears itself. */
  void watch() {
    Channel.Receiving open = connection;
    if (open != null && echo.isMissing()) {
      open.close();
    }
  }

  void close() {
    attempts.end();
    Channel.Receiving open = connection;
    if (open != null) {
      open.close();
    }
    thread.interrupt();
    threads.awaitEnd();
  }
}
