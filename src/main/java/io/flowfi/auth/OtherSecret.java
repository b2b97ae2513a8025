package io.flowfi.auth;

import com.nimbusds.jose.JWSVerifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
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
  private final InstantSource clock;
  private final LongAdder accepted = new LongAdder();
  private final AtomicReference<Instant> nextWord = new AtomicReference<>(Instant.MIN);

  OtherSecret(JWSVerifier verifier, InstantSource clock) {
    this.verifier = verifier;
    this.clock = clock;
  }

  JWSVerifier verifier() {
    return verifier;
  }

  /** A token was accepted by it; the same one again when it is no longer remembered. */
  void accepted(Instant expires) {
    accepted.increment();
    Instant now = clock.instant();
    Instant next = nextWord.get();
    if (!now.isBefore(next) && nextWord.compareAndSet(next, now.plus(BETWEEN_WORDS))) {
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
