package io.flowfi.web.wire;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.net.URI;

/** Lets every resource answer with and without {@code /v1}: existing clients use the short form. */
@PreMatching
public final class VersionPrefix implements ContainerRequestFilter {
  private static final String PREFIX = "v1/";

  /** Changes the path as text: a {@code UriBuilder} would take braces for a template, and fail. */
  @Override
  public void filter(ContainerRequestContext request) {
    String base = request.getUriInfo().getBaseUri().toString();
    String asked = request.getUriInfo().getRequestUri().toString();
    if (asked.startsWith(PREFIX, base.length()) && asked.startsWith(base)) {
      request.setRequestUri(URI.create(base + asked.substring(base.length() + PREFIX.length())));
    }
  }
}
