package io.flowfi.sse;

import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A broadcaster over a plain set of sinks of any kind. The next broadcast notices a closed sink and
 * removes it. Any thread may call.
 */
final class SinkBroadcaster implements SseBroadcaster {
  private final Set<SseEventSink> sinks = ConcurrentHashMap.newKeySet();
  private final List<BiConsumer<SseEventSink, Throwable>> errorListeners =
      new CopyOnWriteArrayList<>();
  private final List<Consumer<SseEventSink>> closeListeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  @Override
  public void onError(BiConsumer<SseEventSink, Throwable> listener) {
    checkOpen();
    errorListeners.add(listener);
  }

  @Override
  public void onClose(Consumer<SseEventSink> listener) {
    checkOpen();
    closeListeners.add(listener);
  }

  @Override
  public void register(SseEventSink sink) {
    checkOpen();
    sinks.add(sink);
  }

  @Override
  public CompletionStage<?> broadcast(OutboundSseEvent event) {
    checkOpen();
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (SseEventSink sink : sinks) {
      if (sink.isClosed()) {
        forget(sink);
      } else {
        sent.add(send(sink, event));
      }
    }
    return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<?> send(SseEventSink sink, OutboundSseEvent event) {
    CompletionStage<?> stage;
    try {
      stage = sink.send(event);
    } catch (RuntimeException failed) {
      stage = CompletableFuture.failedStage(failed);
    }
    // the failure of one sink goes to its listeners and must not fail the broadcast to the others
    return stage
        .handle(
            (done, failed) -> {
              if (failed != null) {
                errorListeners.forEach(listener -> listener.accept(sink, failed));
              }
              return null;
            })
        .toCompletableFuture();
  }

  @Override
  public void close() {
    close(true);
  }

  @Override
  public void close(boolean cascading) {
    closed = true;
    for (SseEventSink sink : sinks) {
      if (cascading) {
        sink.close();
      }
      forget(sink);
    }
  }

  private void forget(SseEventSink sink) {
    if (sinks.remove(sink)) {
      closeListeners.forEach(listener -> listener.accept(sink));
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the broadcaster is closed");
    }
  }
}
