package io.flowfi.web.wire;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.net.URI;

/**
 * Lets every resource answer with and without {@code /v1}, because existing clients use the short
 * form, and under {@code /legacy}: there answers have the form of the service that this one
 * replaces.
 */
@PreMatching
public final class PathPrefixes implements ContainerRequestFilter {
  /** Property of a request: present if it came under {@code /legacy}. */
  public static final String IS_LEGACY = PathPrefixes.class.getName() + ".legacy";

  private static final String LEGACY = "legacy/";
  private static final String VERSION = "v1/";

  /** Changes the path as text: a {@code UriBuilder} would take braces for a template, and fail. */
  @Override
  public void filter(ContainerRequestContext request) {
    String base = request.getUriInfo().getBaseUri().toString();
    String asked = request.getUriInfo().getRequestUri().toString();
    if (!asked.startsWith(base)) {
      return;
    }
    String path = asked.substring(base.length());
    if (path.startsWith(LEGACY)) {
      request.setProperty(IS_LEGACY, Boolean.TRUE);
      path = path.substring(LEGACY.length());
    }
    if (path.startsWith(VERSION)) {
      path = path.substring(VERSION.length());
    }
    if (base.length() + path.length() < asked.length()) {
      request.setRequestUri(URI.create(base + path));
    }
  }
}
