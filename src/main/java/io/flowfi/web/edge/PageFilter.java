package io.flowfi.web.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves the files of our pages, so that a browser checks them again after an upgrade, and gets
 * changed ones. Containers' default servlets build validators from length and time. The times in
 * our WAR are pinned, so a change of the same length would be a 304 forever, and without {@code
 * Cache-Control} a browser guesses from them that the file is valid for weeks (RFC 9111, section
 * 4.2.2).
 *
 * <p>Comes after all filters that reject requests. The default servlet handles everything that is
 * not a file (a folder, a path that does not exist).
 */
public final class PageFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  /** More than there are; a file beyond that is read each time. */
  private static final int MAX_KEPT = 256;

  /** Our own types, so that types and encoding do not depend on the container. */
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=UTF-8",
          "css", "text/css;charset=UTF-8",
          "js", "text/javascript;charset=UTF-8",
          "json", "application/json",
          // declarations of types; containers take it for a film
          "ts", "text/plain;charset=UTF-8",
          "yaml", "application/yaml",
          "svg", "image/svg+xml");

  private final transient Map<String, PageFile> kept = new ConcurrentHashMap<>();

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!Pages.areAskedFor(request)) {
      chain.doFilter(request, response);
      return;
    }
    String path = Pages.pathOf(request);
    Optional<String> moved = Pages.movedTo(path);
    if (moved.isPresent()) {
      response.setStatus(HttpServletResponse.SC_FOUND);
      // a path, because only the client knows the scheme and the host name
      response.setHeader("Location", request.getContextPath() + moved.get());
      return;
    }
    PageFile file = file(path);
    if (file == null) {
      chain.doFilter(request, response);
    } else {
      file.send(request, response);
    }
  }

  private String type(String path) {
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null) {
      type = getServletContext().getMimeType(path);
    }
    return type == null ? "application/octet-stream" : type;
  }

  /** The file at a path of our pages; null if there is none. */
  private PageFile file(String asked) throws IOException {
    String path = asked.endsWith("/") ? asked + "index.html" : asked;
    PageFile known = kept.get(path);
    // without a dot it may be a folder, which some containers read as a file
    if (known != null || path.indexOf('.', path.lastIndexOf('/')) < 0) {
      return known;
    }
    try (InputStream in = getServletContext().getResourceAsStream(path)) {
      if (in == null) {
        return null;
      }
      PageFile read = new PageFile(type(path), in.readAllBytes());
      if (kept.size() < MAX_KEPT) {
        kept.put(path, read);
      }
      return read;
    }
  }
}
