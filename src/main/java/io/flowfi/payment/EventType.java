package io.flowfi.payment;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The kind of a fact, by its name on the wire. This version knows those of the contract (section
 * 2). The log may hold others, written by a later version: they are passed on by their name. So a
 * type is a value that is compared by name, not one of a closed list.
 */
public final class EventType {
  public static final EventType STREAM_CREATED = new EventType("stream.created");
  public static final EventType STREAM_TOPPED_UP = new EventType("stream.topped_up");
  public static final EventType STREAM_WITHDRAWN = new EventType("stream.withdrawn");
  public static final EventType STREAM_PAUSED = new EventType("stream.paused");
  public static final EventType STREAM_RESUMED = new EventType("stream.resumed");
  public static final EventType STREAM_CANCELLED = new EventType("stream.cancelled");
  public static final EventType STREAM_COMPLETED = new EventType("stream.completed");
  public static final EventType STREAM_FEE_COLLECTED = new EventType("stream.fee_collected");
  public static final EventType STREAM_RATE_MODIFIED = new EventType("stream.rate_modified");
  public static final EventType STREAM_CLOSED = new EventType("stream.closed");
  public static final EventType STREAM_CHANGED = new EventType("stream.changed");
  public static final EventType STREAM_CORRECTED = new EventType("stream.corrected");
  public static final EventType STREAM_RECONCILED = new EventType("stream.reconciled");
  public static final EventType PROTOCOL_FEE_CONFIG_UPDATED =
      new EventType("protocol.fee_config_updated");
  public static final EventType PROTOCOL_ADMIN_TRANSFERRED =
      new EventType("protocol.admin_transferred");
  public static final EventType PROTOCOL_INITIALIZED = new EventType("protocol.initialized");
  public static final EventType PROTOCOL_CHANGED = new EventType("protocol.changed");
  public static final EventType PROTOCOL_CONTRACT_UPGRADED =
      new EventType("protocol.contract_upgraded");
  public static final EventType PROTOCOL_HISTORY_GAP = new EventType("protocol.history_gap");
  public static final EventType PROTOCOL_EVENT_QUARANTINED =
      new EventType("protocol.event_quarantined");

  private static final List<EventType> KNOWN =
      List.of(
          STREAM_CREATED,
          STREAM_TOPPED_UP,
          STREAM_WITHDRAWN,
          STREAM_PAUSED,
          STREAM_RESUMED,
          STREAM_CANCELLED,
          STREAM_COMPLETED,
          STREAM_FEE_COLLECTED,
          STREAM_RATE_MODIFIED,
          STREAM_CLOSED,
          STREAM_CHANGED,
          STREAM_CORRECTED,
          STREAM_RECONCILED,
          PROTOCOL_FEE_CONFIG_UPDATED,
          PROTOCOL_ADMIN_TRANSFERRED,
          PROTOCOL_INITIALIZED,
          PROTOCOL_CHANGED,
          PROTOCOL_CONTRACT_UPGRADED,
          PROTOCOL_HISTORY_GAP,
          PROTOCOL_EVENT_QUARANTINED);

  private static final Map<String, EventType> BY_WIRE_NAME =
      KNOWN.stream()
          .collect(Collectors.toUnmodifiableMap(EventType::wireName, Function.identity()));

  private static final int LONGEST_NAME = 100;

  private final String wireName;
  private final int hash;

  private EventType(String wireName) {
    this.wireName = wireName;
    this.hash = wireName.hashCode();
  }

  /**
   * The type of that name, known or not. Known ones are always the same object.
   *
   * @throws IllegalArgumentException if it is not 1 to 100 visible ASCII characters, without a
   *     comma: filters separate names with it
   */
  public static EventType named(String name) {
    EventType known = BY_WIRE_NAME.get(name);
    return known != null ? known : new EventType(checked(name));
  }

  private static String checked(String name) {
    boolean fits = !name.isEmpty() && name.length() <= LONGEST_NAME;
    if (!fits || !name.chars().allMatch(c -> c > ' ' && c <= '~' && c != ',')) {
      throw new IllegalArgumentException(
          "an event type must be 1 to "
              + LONGEST_NAME
              + " visible ASCII characters without a comma");
    }
    return name;
  }

  /** The type of that name, if this version knows it. */
  public static Optional<EventType> known(String name) {
    return Optional.ofNullable(BY_WIRE_NAME.get(name));
  }

  /** The types this version knows, in the contract's order. */
  public static List<EventType> known() {
    return KNOWN;
  }

  public String wireName() {
    return wireName;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof EventType type && wireName.equals(type.wireName);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return wireName;
  }
}
