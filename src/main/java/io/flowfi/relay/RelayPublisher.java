package io.flowfi.relay;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.threads.DaemonThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells the other nodes of this node's commits, each batch once, and without commits once a second
 * how far the log is known here. Batches wait in a bounded queue. What finds no room, or no
 * connection, is not told: the next message has a later position, and the others read the log.
 *
 * <p>Its own thread sends. Any thread may hand over batches, and never waits.
 */
final class RelayPublisher {
  private static final int QUEUED_BATCHES = 64;
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);
  private static final Duration STOP = Duration.ofMillis(250);

  /** Only wakes the thread, so that it gives a sign of life. */
  private static final List<LoggedEvent> NOTHING = List.of();

  private final Channel channel;
  private final SealedMessages messages;
  private final Echo echo;
  private final RelayCounts counts;
  private final Supplier<LogPosition> head;
  private final Runnable watch;
  private final BlockingQueue<List<LoggedEvent>> queue = new ArrayBlockingQueue<>(QUEUED_BATCHES);
  private final Attempts attempts;
  private final DaemonThreads threads = new DaemonThreads("relay-publisher");
  private final Thread thread = threads.newThread(this::run);
  private volatile Channel.Sending connection;

  /**
   * @param head how far the log is known to reach; not after what is in the log
   * @param watch runs every few seconds, whether sending works or not
   */
  RelayPublisher(
      Channel channel,
      SealedMessages messages,
      Echo echo,
      RelayCounts counts,
      Supplier<LogPosition> head,
      Runnable watch) {
    this.channel = channel;
    this.messages = messages;
    this.echo = echo;
    this.counts = counts;
    this.head = head;
    this.watch = watch;
    this.attempts = new Attempts("sending over " + channel.name());
  }

  void start() {
    thread.start();
  }

  /** A batch that is committed. */
  void tell(List<LoggedEvent> batch) {
    if (!queue.offer(batch)) {
      counts.notSent.increment();
    }
  }

  /** Gives a sign of life now. */
  void call() {
    queue.offer(NOTHING); // if the queue is full there is something to send
  }

  private void run() {
    try {
      while (!attempts.hasEnded()) {
        try (Channel.Sending opened = channel.openSending()) {
          connection = opened;
          send(List.of()); // after what was not sent
          attempts.succeeded();
          sendOn();
        } catch (RuntimeException | Error e) {
          attempts.failed(e); // an error, too: nobody would start this thread again
        }
        watch.run();
        // by the time of the next connection the others have read them
        counts.notSent.add(queue.size());
        queue.clear();
        attempts.pause();
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendOn() throws InterruptedException {
    while (!attempts.hasEnded() || !queue.isEmpty()) {
      List<List<LoggedEvent>> batches = new ArrayList<>();
      List<LoggedEvent> batch = queue.poll(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS);
      if (batch != null) {
        batches.add(batch);
        queue.drainTo(batches);
      }
      batches.removeIf(List::isEmpty);
      send(batches);
      watch.run();
    }
  }

  private void send(List<List<LoggedEvent>> batches) {
    List<byte[]> sealed = new ArrayList<>();
    int bytes = 0;
    for (List<LoggedEvent> batch : batches) {
      sealed.add(seal(batch));
      bytes += sealed.get(sealed.size() - 1).length;
      if (bytes >= channel.longestMessage()) {
        deliver(sealed);
        bytes = 0;
      }
    }
    if (batches.isEmpty()) {
      sealed.add(bare(head.get()));
    }
    deliver(sealed);
  }

  private void deliver(List<byte[]> sealed) {
    if (!sealed.isEmpty()) {
      connection.send(sealed);
      counts.sent.add(sealed.size());
      sealed.clear();
    }
  }

  private byte[] seal(List<LoggedEvent> batch) {
    LogPosition last = batch.get(batch.size() - 1).position();
    return messages
        .seal(new Message(echo.sender(), System.nanoTime(), last, batch))
        .orElseGet(
            () -> {
              counts.sentBare.increment();
              return bare(last);
            });
  }

  /** A message without events fits every channel. */
  private byte[] bare(LogPosition position) {
    return messages
        .seal(new Message(echo.sender(), System.nanoTime(), position, NOTHING))
        .orElseThrow();
  }

  /** Sends what is queued if that is quick, and ends the thread. */
  void close() throws InterruptedException {
    attempts.end();
    call();
    thread.join(STOP.toMillis());
    Channel.Sending open = connection;
    if (open != null) {
      open.close();
    }
    thread.interrupt();
    threads.awaitEnd();
  }
}
