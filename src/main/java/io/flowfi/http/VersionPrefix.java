package io.flowfi.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.UriBuilder;

/** Lets every resource answer with and without {@code /v1}: existing clients use the short form. */
@PreMatching
public final class VersionPrefix implements ContainerRequestFilter {
  private static final String PREFIX = "v1/";

  @Override
  public void filter(ContainerRequestContext request) {
    String path = request.getUriInfo().getPath(false);
    String relative = path.startsWith("/") ? path.substring(1) : path;
    if (relative.startsWith(PREFIX)) {
      request.setRequestUri(
          UriBuilder.fromUri(request.getUriInfo().getRequestUri())
              .replacePath(
                  request.getUriInfo().getBaseUri().getRawPath()
                      + relative.substring(PREFIX.length()))
              .build());
    }
  }
}
