package io.flowfi.auth;

import com.nimbusds.jose.JWSVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second secret while the first one is changed. It is counted and logged that tokens still need
 * it, because its operator must know when it can go. Any thread.
 */
final class OtherSecret {
  private static final Logger LOG = LoggerFactory.getLogger(OtherSecret.class);
  private static final Duration BETWEEN_WORDS = Duration.ofHours(1);

  private final JWSVerifier verifier;
  private final LongSupplier nanos;
  private final LongAdder accepted = new LongAdder();

  /** When it was last told of, by a clock that nobody sets; null before that. */
  private final AtomicReference<Long> told = new AtomicReference<>();

  /**
   * @param nanos a clock that nobody sets, in nanoseconds
   */
  OtherSecret(JWSVerifier verifier, LongSupplier nanos) {
    this.verifier = verifier;
    this.nanos = nanos;
  }

  JWSVerifier verifier() {
    return verifier;
  }

  /** A token was accepted by it; the same one again when it is no longer remembered. */
  void accepted(Instant expires) {
    accepted.increment();
    Long last = told.get();
    long now = nanos.getAsLong();
    if ((last == null || now - last >= BETWEEN_WORDS.toNanos()) && told.compareAndSet(last, now)) {
      LOG.info(
          "tokens still need JWT_SECRET_PREVIOUS: {} checks so far, the latest of one that ends at {}",
          accepted.sum(),
          expires);
    }
  }

  long count() {
    return accepted.sum();
  }
}
