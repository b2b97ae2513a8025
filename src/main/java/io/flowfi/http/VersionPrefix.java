package io.flowfi.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.net.URI;

/** Lets every resource answer with and without {@code /v1}: existing clients use the short form. */
@PreMatching
public final class VersionPrefix implements ContainerRequestFilter {
  private static final String PREFIX = "v1/";

  @Override
  public void filter(ContainerRequestContext request) {
    String path = request.getUriInfo().getPath(false);
    String relative = path.startsWith("/") ? path.substring(1) : path;
    if (relative.startsWith(PREFIX)) {
      String base = request.getUriInfo().getBaseUri().toString();
      String whole = request.getUriInfo().getRequestUri().toString();
      int from = whole.indexOf(PREFIX, base.length() - 1) + PREFIX.length();
      // text, not a UriBuilder: this is done for nearly every request
      request.setRequestUri(URI.create(base + whole.substring(from)));
    }
  }
}
