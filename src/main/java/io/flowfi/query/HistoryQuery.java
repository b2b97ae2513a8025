package io.flowfi.query;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;

/**
 * Which part of the history to read.
 *
 * @param user events whose sender or recipient this is; a query names a stream or a user, not both
 * @param types only these; empty means any
 * @param after exclusive
 * @param before exclusive
 * @param limit 1 to {@link #MAX_LIMIT}
 * @param offset events to skip first, at most {@link #MAX_OFFSET}: for more, use {@code after} or
 *     {@code before}
 */
public record HistoryQuery(
    Optional<StreamId> stream,
    Optional<Address> user,
    Set<EventType> types,
    Optional<LogPosition> after,
    Optional<LogPosition> before,
    boolean ascending,
    int limit,
    int offset) {
  public static final int MAX_LIMIT = 200;
  public static final int MAX_OFFSET = 10_000;

  public HistoryQuery {
    types = Set.copyOf(types);
    if (limit < 1 || limit > MAX_LIMIT || offset < 0 || offset > MAX_OFFSET) {
      throw new IllegalArgumentException("limit or offset is out of range");
    }
    if (stream.isPresent() && user.isPresent()) {
      throw new IllegalArgumentException("a history query names a stream or a user, not both");
    }
  }

  /** The same in the other order. */
  public HistoryQuery reversed() {
    return new HistoryQuery(stream, user, types, after, before, !ascending, limit, offset);
  }
}
