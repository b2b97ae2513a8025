package io.flowfi.web.events;

import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LoggedEvent;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryQuery;
import io.flowfi.threads.CallerRuns;
import io.flowfi.threads.DaemonThreads;
import io.flowfi.web.wire.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Requests for events that have not come yet. A request that waits holds no thread. The feed finds
 * it by the stream or user that it names, so a commit costs nothing for requests that it does not
 * concern, and the store is read only for those that it does.
 *
 * <p>Events and requests may cross. A request is first registered, and then compares the feed's
 * position with what it has read; the feed first moves its position, and then looks for requests.
 * So at least one of the two sees the other. Any thread may call; the feed must not do so at the
 * same time as {@link #close()}.
 */
public final class LongPolls implements AutoCloseable {
  /** Below the time after which proxies give up an answer that has not begun: often 60 s. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  /** How many may wait at once. Each has a connection besides those of the event streams. */
  private static final int MOST = 1000;

  private static final int RETRY_SECONDS = 5;
  private static final int THREADS = 2;

  /** More than one address or user may have waiting, see {@link ConnectionSettings}. */
  private static final int MOST_ANSWERING = 32;

  private static final Duration STOP = Duration.ofMillis(500);

  /** The key of requests that name no stream and no user. */
  private static final Object EVERYTHING = new Object();

  private final EventHistory history;
  private final RequestSlots slots;
  private final DaemonThreads names = new DaemonThreads("long-poll");
  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(THREADS, names, new ThreadPoolExecutor.DiscardPolicy());
  private final DaemonThreads answering = new DaemonThreads("long-poll-answer");

  /**
   * A page may be longer than Jersey's buffer. Then the thread that answers writes it, and a client
   * that takes nothing holds that thread for a while; the others are not to wait for it.
   */
  private final ThreadPoolExecutor answers =
      new ThreadPoolExecutor(
          0, MOST_ANSWERING, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), answering);

  private final Map<Object, Set<Poll>> waiting = new ConcurrentHashMap<>();
  private volatile LogPosition published = LogPosition.BEGINNING;
  private volatile boolean closing;

  /**
   * @param slots for those that wait, see {@link #limits}
   */
  public LongPolls(EventHistory history, Slots slots) {
    this.history = history;
    this.slots = new RequestSlots("waiting requests", RETRY_SECONDS, slots);
    threads.setRemoveOnCancelPolicy(true);
  }

  /**
   * How many may wait at once.
   *
   * @param streams the limits of event streams: an address and a user may have as many requests
   *     waiting
   */
  public static ConnectionSettings limits(ConnectionSettings streams, LogPurpose purpose) {
    return new ConnectionSettings(
        purpose == LogPurpose.SANDBOX ? streams.total() : MOST,
        streams.perAddress(),
        streams.perUser());
  }

  /** The feed's next events. Returns at once; others read the store. */
  public void published(List<LoggedEvent> events) {
    published = events.get(events.size() - 1).position();
    if (waiting.isEmpty()) {
      return;
    }
    for (LoggedEvent event : events) {
      ring(EVERYTHING, event);
      event.streamId().ifPresent(stream -> ring(stream, event));
      event.sender().ifPresent(sender -> ring(sender, event));
      event.recipient().ifPresent(recipient -> ring(recipient, event));
    }
  }

  private void ring(Object key, LoggedEvent event) {
    for (Poll poll : waiting.getOrDefault(key, Set.of())) {
      if (poll.awaits(event)) {
        poll.look();
      }
    }
  }

  /**
   * Answers when there are events, and after a time in any case: then, and when the node stops,
   * with a page that has no events.
   *
   * @param stillVisible checks again what the caller may see, and throws if that is not this any
   *     more: what was decided before the wait may have changed in it
   * @param nothing the answer at this moment, which has no events
   * @param network the client's, see {@code ClientAddress.network()}
   * @param user the authenticated account of the caller
   * @throws ProblemException 503 if the node stops or too many wait, 429 if too many wait for this
   *     address or user
   */
  CompletionStage<HistoryAnswer> await(
      HistoryRequest request,
      Runnable stillVisible,
      HistoryAnswer nothing,
      Duration time,
      String network,
      Optional<String> user) {
    if (closing) {
      throw ProblemException.later(503, "the server is stopping", 1);
    }
    Poll poll = new Poll(request, stillVisible, nothing, slots.take(network, user));
    waiting.compute(
        poll.key,
        (key, others) -> {
          Set<Poll> polls = others == null ? ConcurrentHashMap.newKeySet() : others;
          polls.add(poll);
          return polls;
        });
    poll.endAfter(time);
    if (published.value() > poll.read) {
      poll.look();
    }
    if (closing) {
      poll.end();
    }
    return poll.answer;
  }

  /** How many wait now. */
  public int count() {
    return slots.count();
  }

  /** Answers all that wait, and ends the threads. */
  @Override
  public void close() {
    closing = true;
    waiting.values().forEach(polls -> polls.forEach(poll -> threads.execute(poll::end)));
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    long deadline = System.nanoTime() + STOP.toNanos();
    end(threads, names, deadline);
    end(answers, answering, deadline);
  }

  private static void end(ThreadPoolExecutor pool, DaemonThreads itsThreads, long deadline) {
    pool.shutdown();
    try {
      if (!pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
    itsThreads.awaitEnd();
  }

  /** One request that waits. */
  private final class Poll {
    private final HistoryRequest request;
    private final Runnable stillVisible;
    private final Object key;
    private final Runnable release;
    private final CompletableFuture<HistoryAnswer> answer = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean looks = new AtomicBoolean();
    private volatile HistoryAnswer latest;

    /** Every event up to here has been looked for. */
    private volatile long read;

    private volatile Future<?> timer;

    Poll(HistoryRequest request, Runnable stillVisible, HistoryAnswer nothing, Runnable release) {
      this.request = request;
      this.stillVisible = stillVisible;
      this.release = release;
      this.latest = nothing;
      this.read = nothing.head();
      HistoryQuery query = request.query();
      key =
          query.stream().isPresent()
              ? query.stream().get()
              : query.user().isPresent() ? query.user().get() : EVERYTHING;
    }

    void endAfter(Duration time) {
      timer = threads.schedule(this::end, time.toNanos(), TimeUnit.NANOSECONDS);
      if (ended.get()) {
        timer.cancel(false);
      }
    }

    boolean awaits(LoggedEvent event) {
      Set<?> types = request.query().types();
      return event.position().value() > read && (types.isEmpty() || types.contains(event.type()));
    }

    void look() {
      if (looks.compareAndSet(false, true)) {
        threads.execute(this::read);
      }
    }

    private void read() {
      looks.set(false);
      if (ended.get()) {
        return;
      }
      try {
        HistoryAnswer found = request.answer(history);
        if (!found.events().isEmpty()) {
          stillVisible.run(); // after the page: it may have the event that gives a stream to others
        }
        latest = found;
        read = found.head();
        if (!found.events().isEmpty()) {
          end();
        }
      } catch (Throwable failed) {
        if (ends()) {
          CallerRuns.execute(answers, () -> answer.completeExceptionally(failed));
        }
      }
    }

    void end() {
      if (ends()) {
        CallerRuns.execute(answers, () -> answer.complete(latest));
      }
    }

    private boolean ends() {
      if (!ended.compareAndSet(false, true)) {
        return false;
      }
      waiting.computeIfPresent(
          key,
          (unused, polls) -> {
            polls.remove(this);
            return polls.isEmpty() ? null : polls;
          });
      if (timer != null) {
        timer.cancel(false);
      }
      release.run();
      return true;
    }
  }
}
