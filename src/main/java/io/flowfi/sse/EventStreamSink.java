package io.flowfi.sse;

import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.stream.Address;
import io.flowfi.stream.StreamId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.ByteArrayOutputStream;
import java.io.Flushable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The {@code SseEventSink} of a resource method: it collects what the method wishes (filters,
 * options, events to send first) and becomes a subscriber of the fan-out once the method has
 * returned.
 *
 * <p>State machine: COLLECTING (the method runs) -> PREPARED (handed over by Jersey through {@link
 * #flush()}, the response filters run) -> FLOWING (the head is sent) -> ENDED; ENDED can follow
 * each of them. The request thread makes the transitions up to FLOWING; any thread may close. What
 * ends the sink also tells its broadcasters and the resource's {@code onClosed}, exactly once.
 */
final class EventStreamSink implements SseEventSink, Flushable {
  /** What a resource method may send before the connection flows; more belongs into a snapshot. */
  static final int MAX_FIRST_FRAMES = 16;

  private enum State {
    COLLECTING,
    PREPARED,
    FLOWING,
    ENDED
  }

  private final SubscriberFactory subscribers;
  private State state = State.COLLECTING;
  private Consumer<byte[]> respond;
  private List<byte[]> firstFrames = new ArrayList<>();
  private List<FilterBroadcaster> broadcasters = new ArrayList<>(1);
  private Subscription subscription;
  private LongConsumer onClosed;
  private Subscriber subscriber;

  /**
   * @param respond lets Jersey answer 200, with a whole body or, if null, with a head that this
   *     sink goes on after
   */
  EventStreamSink(SubscriberFactory subscribers, Consumer<byte[]> respond) {
    this.subscribers = subscribers;
    this.respond = respond;
  }

  synchronized void subscribe(Subscription wanted, LongConsumer whenClosed) {
    checkCollecting();
    if (subscription != null) {
      throw new IllegalStateException("the sink already has a subscription");
    }
    subscription = wanted;
    onClosed = whenClosed;
  }

  synchronized void join(FilterBroadcaster broadcaster) {
    checkCollecting();
    for (FilterBroadcaster joined : broadcasters) {
      if (joined.key().equals(broadcaster.key())) {
        return;
      }
    }
    broadcasters.add(broadcaster.add(this));
  }

  /**
   * Sends an event to this connection alone. Fails if too many wait already, because nothing may
   * grow without bound.
   */
  @Override
  public CompletionStage<?> send(OutboundSseEvent event) {
    synchronized (this) {
      checkNotEnded();
    }
    Throwable refusal = offer(SseFrameEncoder.encode(event));
    return refusal == null
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(refusal);
  }

  /** Why the frame was refused; null if it was taken. */
  Throwable offer(byte[] frame) {
    Subscriber open;
    synchronized (this) {
      if (state == State.ENDED) {
        return new IllegalStateException("the sink is closed");
      }
      if (state == State.COLLECTING) {
        if (firstFrames.size() == MAX_FIRST_FRAMES) {
          return new IllegalStateException("too many events before the stream flows");
        }
        firstFrames.add(frame);
        return null;
      }
      open = subscriber;
    }
    return open.send(frame) ? null : new IOException("the client is gone or too slow");
  }

  @Override
  public synchronized boolean isClosed() {
    return state == State.ENDED || subscriber != null && subscriber.isClosed();
  }

  @Override
  public void close() {
    Subscriber open;
    synchronized (this) {
      open = subscriber;
    }
    if (open == null) {
      end();
    } else {
      // ends this sink through onClosed, after what was sent
      open.close();
    }
  }

  /**
   * Called by Jersey on the request thread when the resource method has returned without an
   * exception.
   *
   * @throws IllegalStateException if the method neither registered nor closed the sink
   */
  @Override
  public void flush() {
    Consumer<byte[]> answer;
    byte[] wholeBody = null;
    synchronized (this) {
      answer = respond;
      respond = null;
      if (answer == null) {
        return;
      }
      if (state == State.ENDED) {
        wholeBody = joined(firstFrames);
      } else {
        subscriber = subscribers.prepare(whole(), this::end);
        state = State.PREPARED;
        for (byte[] frame : firstFrames) {
          if (!subscriber.send(frame)) {
            throw new IllegalStateException(
                "the fan-out refuses an event that the resource method sent");
          }
        }
      }
      // only what the end needs is kept: there may be very many, and they last
      broadcasters = List.copyOf(broadcasters);
      firstFrames = null;
      subscription = null;
    }
    answer.accept(wholeBody);
  }

  /**
   * Goes over to the connection: the last step on the request thread, after the response filters.
   */
  void start(OutputAdapter outputs, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Subscriber open;
    synchronized (this) {
      if (state != State.PREPARED) {
        return;
      }
      state = State.FLOWING;
      open = subscriber;
    }
    outputs.open(request, response, open);
  }

  /** The request has ended without an event stream. */
  void abandon() {
    synchronized (this) {
      respond = null;
    }
    close();
  }

  private Subscription whole() {
    if (broadcasters.isEmpty()) {
      throw new IllegalStateException(
          "the resource method neither registered nor closed its SseEventSink");
    }
    boolean all = false;
    Set<StreamId> streams = new HashSet<>();
    Set<Address> users = new HashSet<>();
    for (FilterBroadcaster broadcaster : broadcasters) {
      FilterKey key = broadcaster.key();
      if (key instanceof FilterKey.OfStream one) {
        streams.add(one.stream());
      } else if (key instanceof FilterKey.OfUser one) {
        users.add(one.user());
      } else {
        all = true;
      }
    }
    if (subscription == null) {
      EventFilter filter = new EventFilter(all, streams, users, Set.of());
      return new Subscription(UUID.randomUUID().toString(), filter, Optional.empty(), false);
    }
    return subscription.withFilter(
        new EventFilter(all, streams, users, subscription.filter().types()));
  }

  private void end() {
    List<FilterBroadcaster> joined;
    LongConsumer whenClosed;
    Subscriber ended;
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
      joined = broadcasters;
      broadcasters = List.of();
      whenClosed = onClosed;
      ended = subscriber;
      onClosed = null;
    }
    try {
      joined.forEach(broadcaster -> broadcaster.leave(this));
    } finally {
      if (whenClosed != null) {
        whenClosed.accept(ended == null ? -1 : ended.sentThrough());
      }
    }
  }

  private static byte[] joined(List<byte[]> frames) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    frames.forEach(body::writeBytes);
    return body.toByteArray();
  }

  private void checkCollecting() {
    checkNotEnded();
    if (state != State.COLLECTING) {
      throw new IllegalStateException("the event stream flows already: its filter is fixed");
    }
  }

  private void checkNotEnded() {
    if (state == State.ENDED) {
      throw new IllegalStateException("the sink is closed");
    }
  }
}
