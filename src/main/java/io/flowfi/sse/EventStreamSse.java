package io.flowfi.sse;

import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseBroadcaster;
import org.glassfish.jersey.media.sse.OutboundEvent;

/** What resource methods receive as {@code @Context Sse}. */
final class EventStreamSse implements Sse {
  static final EventStreamSse INSTANCE = new EventStreamSse();

  @Override
  public OutboundSseEvent.Builder newEventBuilder() {
    return new OutboundEvent.Builder();
  }

  @Override
  public SseBroadcaster newBroadcaster() {
    return new SinkBroadcaster();
  }
}
