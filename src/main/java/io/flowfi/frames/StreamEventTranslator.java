package io.flowfi.frames;

import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Frame;
import io.flowfi.log.LogCursor;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LoggedEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.util.ArrayList;
import java.util.List;
import org.glassfish.jersey.media.sse.OutboundEvent;

/**
 * Turns committed events into frames for subscribers. Stateless. The feed's thread calls it for
 * live events and the backlog readers for older ones, so both give the same bytes.
 */
@ApplicationScoped
public class StreamEventTranslator {
  private static final int MOST_KEYS = 4;

  /**
   * The event as JAX-RS knows it: named by its type, identified by its position and its log,
   * carrying its payload.
   */
  public OutboundSseEvent translate(LoggedEvent event, LogIdentity log) {
    return named(event).id(LogCursor.id(event.position().value(), log)).build();
  }

  private static OutboundEvent.Builder named(LoggedEvent event) {
    return new OutboundEvent.Builder()
        .name(event.type().wireName())
        .mediaType(MediaType.APPLICATION_JSON_TYPE)
        .data(String.class, event.payload());
  }

  /** The event encoded for all subscribers, with all the keys that find it. */
  public Frame frame(LoggedEvent event, LogIdentity log) {
    return encode(event, translate(event, log));
  }

  /** The same for a client that has no position yet, because it is being sent a snapshot. */
  public Frame frameWithoutId(LoggedEvent event) {
    return encode(event, named(event).build());
  }

  private static Frame encode(LoggedEvent event, OutboundSseEvent translated) {
    List<FilterKey> keys = new ArrayList<>(MOST_KEYS);
    keys.add(FilterKey.All.INSTANCE);
    event.streamId().ifPresent(stream -> keys.add(new FilterKey.OfStream(stream)));
    event.sender().ifPresent(user -> keys.add(new FilterKey.OfUser(user)));
    // a sender may pay itself, and must still receive the event only once
    if (!event.recipient().equals(event.sender())) {
      event.recipient().ifPresent(user -> keys.add(new FilterKey.OfUser(user)));
    }
    return new Frame(
        event.position(), event.type(), List.copyOf(keys), SseFrameEncoder.encode(translated));
  }

  /**
   * The frame {@code event: stream.snapshot} around a stream's state. It has no id, because it is
   * not at a position of the log.
   */
  public byte[] snapshotFrame(String stateJson) {
    return SseFrameEncoder.encode(
        new OutboundEvent.Builder()
            .name("stream.snapshot")
            .mediaType(MediaType.APPLICATION_JSON_TYPE)
            .data(String.class, stateJson)
            .build());
  }
}
