package io.flowfi.web.wire;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/**
 * Rejects a command with query parameters, because nothing reads them: {@code withdraw?amount=5}
 * without a body would withdraw everything.
 */
public final class CommandQueryFilter implements ContainerRequestFilter {
  @Override
  public void filter(ContainerRequestContext request) {
    if (HttpMethod.POST.equals(request.getMethod())
        && request.getUriInfo().getPath().startsWith("streams")) {
      new QueryParameters(request.getUriInfo().getQueryParameters()).buildStrictly(() -> request);
    }
  }
}
