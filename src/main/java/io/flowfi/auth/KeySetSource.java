package io.flowfi.auth;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetParseException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.net.URL;
import java.text.ParseException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's key set at its address. A set without one usable key counts as not read: an issuer
 * that withdraws all its keys at once has more likely made a mistake, so the earlier set stays
 * valid for a while. Calls wait for the issuer; only one runs at a time.
 */
final class KeySetSource implements JWKSetSource<SecurityContext> {
  private static final Logger LOG = LoggerFactory.getLogger(KeySetSource.class);
  private static final int TIMEOUT_MILLIS = 2000;
  private static final int MAX_BYTES = 64 * 1024;

  private static final Pattern ADDRESS = Pattern.compile("\\w+://\\S+");

  private final URL url;
  private final KeySetHttp http = new KeySetHttp(TIMEOUT_MILLIS, MAX_BYTES);

  /** The keys left out at the last read, so that they are logged once and not every few minutes. */
  private volatile Set<String> ignored = Set.of();

  KeySetSource(URL url) {
    this.url = url;
  }

  /** How long one read may take, including the connect, in milliseconds. */
  static long patienceMillis() {
    return 2L * TIMEOUT_MILLIS;
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator refresh, long currentTime, SecurityContext context)
      throws KeySourceException {
    Set<String> leftOut = new LinkedHashSet<>();
    JWKSet keys;
    try {
      keys = PublishedKeys.read(http.retrieveResource(url).getContent(), leftOut::add);
    } catch (IOException e) {
      // not as the cause, whose message is logged: the JDK repeats the whole address in it, which
      // may have a password
      String why = ADDRESS.matcher(e.toString()).replaceAll("its address");
      throw new JWKSetUnavailableException("the key set cannot be read (" + why + ")");
    } catch (ParseException e) {
      throw new JWKSetParseException("the answer is not a key set", e);
    }
    if (!leftOut.equals(ignored)) {
      ignored = leftOut;
      if (!leftOut.isEmpty()) {
        LOG.warn(
            "JWT_JWKS_URL: {} left out, no token can be verified with it; the other keys count",
            leftOut);
      }
    }
    if (keys.isEmpty()) {
      throw new JWKSetUnavailableException("the key set holds no key to verify with");
    }
    return keys;
  }

  /** When the certificate of the address expires, if that is known. */
  Optional<Instant> certificateEnds() {
    return http.certificateEnds();
  }

  @Override
  public void close() {
    // nothing stays open between two reads
  }
}
