package io.flowfi.web.wire;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;

/**
 * Removes the media type of an empty body. Some clients send one with every request, {@code curl -d
 * ''} even that of a form, and JAX-RS would reject them. Only the received body counts: some
 * proxies send an empty body in chunks.
 */
@PreMatching
public final class EmptyBodyFilter implements ContainerRequestFilter {
  @Override
  public void filter(ContainerRequestContext request) {
    if (isRead(request.getMethod()) || !request.hasEntity()) {
      request.getHeaders().remove(HttpHeaders.CONTENT_TYPE);
    }
  }

  private static boolean isRead(String method) {
    return HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
  }
}
