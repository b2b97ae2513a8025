package io.flowfi.sse;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.stream.PaymentStream;
import java.util.function.Consumer;

/** Reads the state of streams at one position of the log. Blocks on the store. */
@FunctionalInterface
public interface SnapshotReader {
  /**
   * Hands every stream the filter's {@code all}, {@code streams} and {@code users} match to {@code
   * each}.
   *
   * @return the position all those states were read at
   * @throws io.flowfi.log.LogUnavailableException if the store cannot be read
   */
  LogPosition snapshot(EventFilter filter, Consumer<PaymentStream> each);
}
