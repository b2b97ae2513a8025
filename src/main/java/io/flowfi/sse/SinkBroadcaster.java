package io.flowfi.sse;

import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A broadcaster over a plain set of sinks of any kind. The next broadcast notices a closed sink and
 * removes it. Any thread may call.
 */
final class SinkBroadcaster extends Broadcaster {

  @Override
  public void register(SseEventSink sink) {
    checkOpen();
    keep(sink);
  }

  @Override
  public CompletionStage<?> broadcast(OutboundSseEvent event) {
    checkOpen();
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (SseEventSink sink : sinks()) {
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
            (done, why) -> {
              if (why != null) {
                failed(sink, why);
              }
              return null;
            })
        .toCompletableFuture();
  }
}
