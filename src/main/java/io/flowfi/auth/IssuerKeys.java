package io.flowfi.auth;

import static com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator.noRefresh;
import static com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator.referenceComparison;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSetBasedJWKSource;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import io.flowfi.threads.DaemonThreads;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an outside issuer, read from its address (RFC 7517) and kept for a while. An
 * unknown key id makes us read again, so that a rotation takes effect at once, but not more often
 * than every {@code minInterval}: anybody can invent key ids. If the issuer cannot be reached, or
 * publishes no usable key any more, the present keys stay valid for {@link #OUTAGE}.
 *
 * <p>Thread-safe. A call may wait for the issuer, a few seconds at most.
 */
final class IssuerKeys implements AutoCloseable {
  static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

  static final Duration MIN_INTERVAL = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final Duration OUTAGE = Duration.ofHours(4);
  private static final int MIN_RSA_BITS = 2048;

  /** A key id may name several keys during a rotation; more would only cost time. */
  private static final int MAX_CANDIDATES = 4;

  private static final String UNREADABLE =
      "the keys that tokens are verified with cannot be read at the moment";

  // Ages use a clock that nobody sets: with one that steps back we would keep withdrawn keys, and
  // not look for new ones, until it has caught up.
  private final LongSupplier nanos;
  private final long startNanos;

  private final JWKSetSource<SecurityContext> source;
  private final KeySetSource address;

  private final DaemonThreads threads = new DaemonThreads("issuer-keys");
  private final ExecutorService refresh = Executors.newSingleThreadExecutor(threads);

  /** The keys to use while it is too soon to read again; null before the first read. */
  private volatile LastRead lastRead;

  /** Whether a caller needed keys that were missing since the last read. */
  private volatile boolean missing;

  private final AtomicBoolean looking = new AtomicBoolean();

  /** Whether the last read failed: only the first failure of an outage is logged. */
  private final AtomicBoolean failing = new AtomicBoolean();

  private record LastRead(JWKSet keys, long nanos) {}

  IssuerKeys(URI url, Duration minInterval, LongSupplier nanos) {
    this(url, minInterval, FRESH, nanos);
  }

  /**
   * @param fresh how long keys are used before they are read again; after four fifths of it, less
   *     the time that a read may take, another thread reads them in advance
   * @param nanos a clock that nobody sets, in nanoseconds
   */
  IssuerKeys(URI url, Duration minInterval, Duration fresh, LongSupplier nanos) {
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
    try {
      address = new KeySetSource(url.toURL());
      JWKSource<SecurityContext> keys =
          JWKSourceBuilder.create(new Remembering(address))
              .cache(fresh.toMillis(), KeySetSource.patienceMillis() + 1000)
              .refreshAheadCache(fresh.toMillis() / 5, null, refresh, false, null, false)
              .rateLimited(minInterval.toMillis())
              .outageTolerant(OUTAGE.toMillis())
              .build();
      source = ((JWKSetBasedJWKSource<SecurityContext>) keys).getJWKSetSource();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("the key set's address is not a URL", e);
    }
  }

  /**
   * Verifiers for the keys that may have signed a token with this header; none if the issuer has no
   * such key.
   *
   * @throws AuthException.Unavailable if the issuer's keys are not known and cannot be read
   */
  List<JWSVerifier> verifiers(JWSHeader header) {
    List<JWSVerifier> verifiers = new ArrayList<>();
    for (JWK key : matching(header)) {
      if (verifiers.size() < MAX_CANDIDATES) {
        add(key, verifiers);
      }
    }
    return verifiers;
  }

  private List<JWK> matching(JWSHeader header) {
    JWKSelector selector = new JWKSelector(JWKMatcher.forJWSHeader(header));
    try {
      JWKSet keys = source.getJWKSet(noRefresh(), millis(), null);
      if (isTooOld()) { // the library may have put them into its cache a little before that
        keys = source.getJWKSet(referenceComparison(keys), millis(), null);
      }
      List<JWK> matching = selector.select(keys);
      return matching.isEmpty()
          ? selector.select(source.getJWKSet(referenceComparison(keys), millis(), null))
          : matching;
    } catch (RateLimitReachedException tooSoon) {
      if (isTooOld()) {
        missing = true;
        throw new AuthException.Unavailable(UNREADABLE, tooSoon);
      }
      return selector.select(lastRead.keys());
    } catch (KeySourceException e) {
      missing = true;
      throw new AuthException.Unavailable(UNREADABLE, e);
    }
  }

  /** Whether the keys of the last read must no longer be used; true before the first. */
  private boolean isTooOld() {
    LastRead known = lastRead;
    return known == null || nanos.getAsLong() - known.nanos() > OUTAGE.toNanos();
  }

  /**
   * Whether the keys could not be read when they were last needed. If so they are read again now: a
   * node that is not ready gets no tokens that would start a read. Returns at once.
   */
  boolean areMissing() {
    if (missing && looking.compareAndSet(false, true)) {
      try {
        refresh.execute(this::look);
      } catch (RejectedExecutionException closed) {
        looking.set(false);
      }
    }
    return missing;
  }

  IssuerStatistics statistics() {
    return new IssuerStatistics(
        Optional.ofNullable(lastRead)
            .map(read -> Duration.ofNanos(nanos.getAsLong() - read.nanos())),
        failing.get(),
        address.certificateEnds());
  }

  private void look() {
    try {
      source.getJWKSet(noRefresh(), millis(), null);
    } catch (KeySourceException still) {
      LOG.debug("the keys at JWT_JWKS_URL still cannot be read", still);
    } finally {
      looking.set(false);
    }
  }

  /** For the library, which compares milliseconds that never pass the end of their range. */
  private long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startNanos);
  }

  private static void add(JWK key, List<JWSVerifier> verifiers) {
    try {
      if (key instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS) {
        verifiers.add(new RSASSAVerifier(rsa));
      } else if (key instanceof ECKey ec) {
        verifiers.add(new ECDSAVerifier(ec));
      } else if (key instanceof OctetKeyPair okp) {
        verifiers.add(new Ed25519Verifier(okp));
      }
    } catch (JOSEException unusable) {
      LOG.warn("a key at JWT_JWKS_URL is not usable: {}", unusable.getMessage());
    }
  }

  /** Notes every key set that was read, and tells of the beginning and the end of an outage. */
  private final class Remembering extends JWKSetSourceWrapper<SecurityContext> {
    Remembering(JWKSetSource<SecurityContext> source) {
      super(source);
    }

    @Override
    public JWKSet getJWKSet(
        JWKSetCacheRefreshEvaluator refresh, long currentTime, SecurityContext context)
        throws KeySourceException {
      JWKSet read;
      try {
        read = getSource().getJWKSet(refresh, currentTime, context);
      } catch (KeySourceException e) {
        if (failing.compareAndSet(false, true)) {
          LOG.warn(
              "the keys at JWT_JWKS_URL cannot be read: {}; {}",
              reason(e),
              lastRead == null
                  ? "no token of the issuer can be verified until then"
                  : "those read before stay valid for " + OUTAGE.toHours() + " hours in all");
        }
        throw e;
      }
      lastRead = new LastRead(read, nanos.getAsLong());
      missing = false;
      if (failing.compareAndSet(true, false)) {
        LOG.info("the keys at JWT_JWKS_URL can be read again");
      }
      return read;
    }

    private static String reason(KeySourceException e) {
      return e.getCause() == null ? e.getMessage() : e.getMessage() + " (" + e.getCause() + ")";
    }
  }

  @Override
  public void close() {
    refresh.shutdownNow();
    try {
      source.close();
    } catch (IOException e) {
      LOG.debug("closing the key set failed", e);
    }
    threads.awaitEnd();
  }
}
