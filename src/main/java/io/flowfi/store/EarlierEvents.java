package io.flowfi.store;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Events that a log does not hold any more, kept elsewhere. */
@FunctionalInterface
public interface EarlierEvents {
  /**
   * The events up to one of a log, oldest first and without gaps. A part that cannot be read throws
   * {@link UncheckedIOException} when its turn comes.
   *
   * @param oldest the first event that the log still has
   * @throws IOException if they are of another log, or do not reach up to there; the message is for
   *     the operator
   */
  Iterable<List<LoggedEvent>> before(LogIdentity log, LogPosition oldest) throws IOException;
}
