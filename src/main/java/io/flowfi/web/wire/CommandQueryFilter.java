package io.flowfi.web.wire;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/**
 * Refuses a command that says something in its query, where nobody reads it: {@code
 * withdraw?amount=5} without a body would be taken for one that withdraws everything.
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
