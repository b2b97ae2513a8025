package io.flowfi.auth;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** How checks of credentials have ended. Any thread. */
final class AuthCounts {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder unavailable = new LongAdder();

  /** The result of the check, which is counted. */
  <T> T counted(Supplier<T> check) {
    try {
      T result = check.get();
      accepted.increment();
      return result;
    } catch (AuthException.Unavailable e) {
      unavailable.increment();
      throw e;
    } catch (AuthException e) {
      rejected.increment();
      throw e;
    }
  }

  /** By result: {@code accepted}, {@code rejected}, {@code unavailable}. */
  Map<String, Long> byResult() {
    return Map.of(
        "accepted", accepted.sum(), "rejected", rejected.sum(), "unavailable", unavailable.sum());
  }
}
