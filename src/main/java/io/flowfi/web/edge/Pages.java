package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The paths of our pages and their files, served by {@link PageFilter}. All other paths belong to
 * the API, its 404s included.
 *
 * <p>Under {@code /admin} there are both: the console's pages, and the API that they use, because
 * the API also answers without {@code /v1}. There a path that ends in a slash, or like a file name,
 * is a page; no name of the API may end like that.
 */
public final class Pages {
  private static final String FILE = "[^/]+\\.(html|css|js|ts|json|map|svg|png|ico|txt|woff2)";

  /** The description of the API, where the replaced service had it; also under its base URL. */
  private static final String REPLACED = "(?:/legacy)?(?:/v1)?/api-docs(?:/|\\.json)?";

  /** Regular expression of a whole path. */
  public static final String PATHS =
      REPLACED
          + "|/|/[^/]+\\.(html|css|js|svg|ico|txt)|/(openapi[^/]*|asyncapi)\\.(json|yaml)|/(lib|shared|start|test|docs)(/.*)?|/admin|/admin/([^/]+/)*("
          + FILE
          + ")?";

  private static final Pattern PATTERN = Pattern.compile(PATHS);

  private Pages() {}

  static boolean areAskedFor(HttpServletRequest request) {
    return PATTERN.matcher(pathOf(request)).matches();
  }

  /** Where a page of the replaced service is now; empty for all other pages. */
  static Optional<String> movedTo(String path) {
    if (!path.matches(REPLACED)) {
      return Optional.empty();
    }
    return Optional.of(path.endsWith(".json") ? "/openapi.json" : "/docs/");
  }

  /** The decoded path, as the default servlet knows it. */
  static String pathOf(HttpServletRequest request) {
    String path = request.getServletPath();
    String rest = request.getPathInfo();
    return rest == null ? path : path + rest;
  }
}
