package io.flowfi.payment;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every kind of fact the log can hold, by its name on the wire. */
public enum EventType {
  STREAM_CREATED("stream.created"),
  STREAM_TOPPED_UP("stream.topped_up"),
  STREAM_WITHDRAWN("stream.withdrawn"),
  STREAM_PAUSED("stream.paused"),
  STREAM_RESUMED("stream.resumed"),
  STREAM_CANCELLED("stream.cancelled"),
  STREAM_COMPLETED("stream.completed"),
  STREAM_FEE_COLLECTED("stream.fee_collected"),
  PROTOCOL_FEE_CONFIG_UPDATED("protocol.fee_config_updated"),
  PROTOCOL_ADMIN_TRANSFERRED("protocol.admin_transferred"),
  PROTOCOL_INITIALIZED("protocol.initialized");

  private static final Map<String, EventType> BY_WIRE_NAME =
      Stream.of(values())
          .collect(Collectors.toUnmodifiableMap(EventType::wireName, Function.identity()));

  private final String wireName;

  EventType(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** Whether such events belong to a stream, and so to its sender and recipient. */
  public boolean isOfStream() {
    return wireName.startsWith("stream.");
  }

  public static Optional<EventType> ofWireName(String name) {
    return Optional.ofNullable(BY_WIRE_NAME.get(name));
  }
}
