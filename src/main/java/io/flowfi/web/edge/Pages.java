package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/**
 * Which paths are those of our pages and their files, served by {@link PageFilter}. Everything else
 * is the API's, its 404s included.
 *
 * <p>Under {@code /admin} there are both: the console's pages, and what they ask, for the API
 * answers without {@code /v1}, too. There a page is what ends in a slash or as a file does; no name
 * of the API may end so.
 */
public final class Pages {
  private static final String FILE = "[^/]+\\.(html|css|js|json|map|svg|png|ico|txt|woff2)";

  /** Regular expression of a whole path. */
  public static final String PATHS =
      "/|/[^/]+\\.(html|css|js|svg|ico|txt)|/(lib|shared|start|test|docs)(/.*)?|/admin|/admin/([^/]+/)*("
          + FILE
          + ")?";

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
