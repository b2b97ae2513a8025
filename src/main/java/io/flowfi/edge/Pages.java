package io.flowfi.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/**
 * Which paths are those of our pages and their files, served by the container's default servlet.
 * Everything else is the API's, its 404s included.
 */
public final class Pages {
  /** Regular expression of a whole path. */
  public static final String PATHS = "/|/[^/]+\\.(html|svg|ico|txt)|/(assets|admin|docs)(/.*)?";

  private static final Pattern PATTERN = Pattern.compile(PATHS);

  private Pages() {}

  /** Asks for the decoded path, as the default servlet does. */
  static boolean areAskedFor(HttpServletRequest request) {
    String path = request.getServletPath();
    String rest = request.getPathInfo();
    return PATTERN.matcher(rest == null ? path : path + rest).matches();
  }
}
