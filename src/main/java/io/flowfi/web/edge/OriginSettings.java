package io.flowfi.web.edge;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The pages of other origins that may use this server with their users' credentials.
 *
 * @param allowed origins exactly as browsers send them
 */
public record OriginSettings(Set<String> allowed) {
  /** {@code capacitor://localhost}, {@code moz-extension://8f3c...}, {@code app://obsidian.md}. */
  private static final Pattern OF_AN_APP =
      Pattern.compile("[a-z][a-z0-9+.-]{0,63}://[A-Za-z0-9._-]{1,253}(?::[0-9]{1,5})?");

  /** Schemes whose pages, if they have any, are sent with {@code Origin: null}, or not at all. */
  private static final Set<String> PAGELESS = Set.of("ftp", "ws", "wss", "file", "data", "blob");

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

  /**
   * No {@code null}, no wildcard, no path, no default port, nothing in upper case. Apps with pages
   * inside and browser extensions have their own scheme, and a name that no server has.
   */
  private static boolean isOrigin(String text) {
    int colon = text.indexOf("://");
    if (colon < 0) {
      return false;
    }
    String scheme = text.substring(0, colon);
    return scheme.equals("http") || scheme.equals("https")
        ? isOfASite(text, scheme)
        : !PAGELESS.contains(scheme) && OF_AN_APP.matcher(text).matches();
  }

  private static boolean isOfASite(String text, String scheme) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() == null || !text.equals(text.toLowerCase(Locale.ROOT))) {
        return false;
      }
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      return uri.getPort() != (scheme.equals("https") ? 443 : 80)
          && text.equals(scheme + "://" + uri.getHost() + port);
    } catch (IllegalArgumentException notAUri) {
      return false;
    }
  }
}
