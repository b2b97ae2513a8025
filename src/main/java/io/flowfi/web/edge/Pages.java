package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/**
 * Which paths are those of our pages and their files, served by {@link PageFilter}. Everything else
 * is the API's, its 404s included.
 */
public final class Pages {
  /** Regular expression of a whole path. */
  public static final String PATHS = "/|/[^/]+\\.(html|svg|ico|txt)|/(assets|admin|docs)(/.*)?";

  private static final Pattern PATTERN = Pattern.compile(PATHS);

  private Pages() {}

  static boolean areAskedFor(HttpServletRequest request) {
    return PATTERN.matcher(pathOf(request)).matches();
  }

  /** The decoded path, as the default servlet knows it. */
  static String pathOf(HttpServletRequest request) {
    String path = request.getServletPath();
    String rest = request.getPathInfo();
    return rest == null ? path : path + rest;
  }
}
