package io.flowfi.edge;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The pages of other origins that may use this server with their users' credentials.
 *
 * @param allowed origins exactly as browsers send them
 */
public record OriginSettings(Set<String> allowed) {
  public static final OriginSettings NONE = new OriginSettings(Set.of());

  public OriginSettings {
    allowed = Set.copyOf(allowed);
    for (String origin : allowed) {
      if (!isOrigin(origin)) {
        throw new IllegalArgumentException("not an origin as browsers send it");
      }
    }
  }

  /**
   * Reads {@code https://app.example.com, http://localhost:5173}.
   *
   * @throws IllegalArgumentException if one is not an origin as browsers send it
   */
  public static OriginSettings parse(String text) {
    Set<String> origins = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      origins.add(part.strip());
    }
    return new OriginSettings(origins);
  }

  /** No {@code null}, no wildcard, no path, no default port, nothing in upper case. */
  private static boolean isOrigin(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() == null || !text.equals(text.toLowerCase(Locale.ROOT))) {
        return false;
      }
      int usual = "https".equals(uri.getScheme()) ? 443 : "http".equals(uri.getScheme()) ? 80 : -1;
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      return usual > 0
          && uri.getPort() != usual
          && text.equals(uri.getScheme() + "://" + uri.getHost() + port);
    } catch (IllegalArgumentException notAUri) {
      return false;
    }
  }
}
