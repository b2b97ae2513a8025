package io.flowfi.log;

import io.flowfi.payment.StreamId;
import java.util.Map;
import java.util.Set;

/** Reading the present state of streams. Calls block on the store; any thread may make them. */
public interface StreamStates {
  /**
   * The first streams that the filter's {@code all}, {@code streams} and {@code users} match, in
   * the order they were created, all as they are at one position of the log.
   *
   * @param after only those created after this position
   * @param upTo only those created up to this position
   * @throws LogUnavailableException if the store cannot be read
   */
  StatePage read(EventFilter filter, LogPosition after, LogPosition upTo, int maxStates);

  /**
   * The log positions at which streams were created; unknown streams are left out.
   *
   * @throws LogUnavailableException if the store cannot be read
   */
  Map<StreamId, LogPosition> births(Set<StreamId> streams);
}
