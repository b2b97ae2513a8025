package io.flowfi.conformance;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The server to check, and how.
 *
 * @param url its root, {@code http://host:port/}, with a path if it is not at the root
 * @param token of an admin or a service, who may create streams for others; none in open mode
 * @param otherToken of an account that has no part in the streams of the kit
 * @param stop stops the server, for the checks of its last words; they come last
 * @param patience how long to wait for what should come, which is milliseconds on a healthy server
 * @param load how many events to send past a reader that does not read; they must be more than fits
 *     the buffers between server and reader
 * @param limit how many event streams to open at most in search of how many one client may have; 0
 *     leaves that out
 * @param brief leaves out what takes long
 */
record Target(
    URI url,
    Optional<String> token,
    Optional<String> otherToken,
    Optional<Stop> stop,
    Duration patience,
    int load,
    int limit,
    boolean brief) {
  /** More would be a load test, and takes a thread for each. */
  static final int MOST_STREAMS = 2_000;

  /** Stops the server and may return before it has ended. */
  @FunctionalInterface
  interface Stop {
    void run() throws IOException;
  }

  Target {
    Objects.requireNonNull(url, "url");
    boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!isHttp || url.getHost() == null) {
      throw new IllegalArgumentException(
          "url must be like http://localhost:3001/, but is \"" + url + "\"");
    }
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("patience must be positive");
    }
    if (load < 1 || load > 100_000) {
      throw new IllegalArgumentException("load must be from 1 to 100000");
    }
    if (limit < 0 || limit > MOST_STREAMS) {
      throw new IllegalArgumentException("limit must be from 0 to " + MOST_STREAMS);
    }
  }

  Target(URI url) {
    this(
        url,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(10),
        1_500,
        150,
        true);
  }

  Target withTokens(String admin, String other) {
    return new Target(
        url, Optional.of(admin), Optional.of(other), stop, patience, load, limit, brief);
  }

  Target withStop(Stop stop) {
    return new Target(url, token, otherToken, Optional.of(stop), patience, load, limit, brief);
  }

  Target withPatience(Duration patience) {
    return new Target(url, token, otherToken, stop, patience, load, limit, brief);
  }

  Target withLoad(int load) {
    return new Target(url, token, otherToken, stop, patience, load, limit, brief);
  }

  Target withLimit(int limit) {
    return new Target(url, token, otherToken, stop, patience, load, limit, brief);
  }

  Target inFull() {
    return new Target(url, token, otherToken, stop, patience, load, limit, false);
  }

  int port() {
    return url.getPort() >= 0 ? url.getPort() : isTls() ? 443 : 80;
  }

  boolean isTls() {
    return "https".equals(url.getScheme());
  }

  /** The path of the server's root without the slash at its end. */
  String root() {
    return url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
  }
}
