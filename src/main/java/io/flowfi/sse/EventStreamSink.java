package io.flowfi.sse;

import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.frames.SseFrameEncoder;
import io.flowfi.output.OutputAdapter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.Flushable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The {@code SseEventSink} of a resource method: it collects what the method asks for (a filter,
 * options, events to send first) and becomes a subscriber of the fan-out once the method has
 * returned.
 *
 * <p>State machine: COLLECTING (the method runs) -> PREPARED (handed over by Jersey through {@link
 * #flush()}, the response filters run) -> FLOWING (the head is sent) -> CLOSING (it takes nothing
 * more, what was sent is on its way) -> ENDED; ENDED can follow each of them. The request thread
 * makes the transitions up to FLOWING; any thread may close. What ends the sink also tells its
 * listener, exactly once.
 */
final class EventStreamSink implements SseEventSink, Flushable, SubscriptionListener {
  private enum State {
    COLLECTING,
    PREPARED,
    FLOWING,
    CLOSING,
    ENDED
  }

  private State state = State.COLLECTING;

  /** Released once they are used: there may be very many sinks, and they live long. */
  private SinkWishes wishes;

  private SubscriptionListener listener;
  private Subscriber subscriber;

  /**
   * @param respond lets Jersey answer 200, with a whole body or, if null, with a head that this
   *     sink's stream follows
   */
  EventStreamSink(SubscriberFactory subscribers, Consumer<byte[]> respond) {
    wishes = new SinkWishes(subscribers, respond);
  }

  /**
   * Casts a sink to ours.
   *
   * @throws IllegalArgumentException if it is not ours
   */
  static EventStreamSink of(SseEventSink sink) {
    if (sink instanceof EventStreamSink ours) {
      return ours;
    }
    throw new IllegalArgumentException(
        "only a sink of this application's event streams can be registered here");
  }

  synchronized void subscribe(Subscription wanted, SubscriptionListener told) {
    checkCollecting();
    wishes.subscribe(wanted);
    listener = told;
  }

  /**
   * Sends an event to this connection only. Fails if too many wait already, because nothing may
   * grow without bound.
   */
  @Override
  public CompletionStage<?> send(OutboundSseEvent event) {
    synchronized (this) {
      checkTaking();
    }
    Throwable refusal = offer(SseFrameEncoder.encode(event));
    return refusal == null
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(refusal);
  }

  /** Why the frame was rejected; null if it was taken. */
  Throwable offer(byte[] frame) {
    Subscriber open;
    synchronized (this) {
      if (!isTaking()) {
        return new IllegalStateException("the sink is closed");
      }
      if (state == State.COLLECTING) {
        return wishes.sendFirst(frame)
            ? null
            : new IllegalStateException("too many events before the stream flows");
      }
      open = subscriber;
    }
    return open.send(frame) ? null : new IOException("the client is gone or too slow");
  }

  @Override
  public synchronized boolean isClosed() {
    return !isTaking() || subscriber != null && subscriber.isClosed();
  }

  private boolean isTaking() {
    return state != State.CLOSING && state != State.ENDED;
  }

  @Override
  public void close() {
    Subscriber open;
    synchronized (this) {
      open = subscriber;
      if (open != null && state != State.ENDED) {
        state = State.CLOSING;
      }
    }
    if (open == null) {
      ended(-1);
    } else {
      // ends this sink through its subscriber's listener, after what was sent
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
    SinkWishes fulfilled;
    boolean ended;
    synchronized (this) {
      fulfilled = wishes;
      ended = state == State.ENDED;
      if (fulfilled != null && !ended) {
        subscriber = fulfilled.subscriber(this);
        state = State.PREPARED;
      }
      wishes = null;
    }
    if (fulfilled != null) {
      fulfilled.respond(ended);
    }
  }

  /** Takes the connection over: the last step on the request thread, after the response filters. */
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
    close();
    synchronized (this) {
      wishes = null;
    }
  }

  @Override
  public void began(long after) {
    tell(told -> told.began(after));
  }

  @Override
  public void missed() {
    tell(SubscriptionListener::missed);
  }

  @Override
  public void closing(CloseReason reason) {
    tell(told -> told.closing(reason));
  }

  private void tell(Consumer<SubscriptionListener> what) {
    SubscriptionListener told;
    synchronized (this) {
      told = listener;
    }
    if (told != null) {
      what.accept(told);
    }
  }

  @Override
  public void ended(long through) {
    SubscriptionListener told;
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
      told = listener;
      listener = null;
    }
    if (told != null) {
      told.ended(through);
    }
  }

  private void checkCollecting() {
    checkTaking();
    if (state != State.COLLECTING) {
      throw new IllegalStateException("the event stream flows already: its filter is fixed");
    }
  }

  private void checkTaking() {
    if (!isTaking()) {
      throw new IllegalStateException("the sink is closed");
    }
  }
}
