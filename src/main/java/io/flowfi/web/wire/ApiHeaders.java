package io.flowfi.web.wire;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;

/**
 * An answer of the API is stored nowhere unless it says otherwise itself. A proxy that obeys {@code
 * no-transform} (RFC 9111, section 5.2.2.6) leaves the tag of a stream as it is; to compress the
 * answer it would have to change it.
 */
public final class ApiHeaders implements ContainerResponseFilter {
  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!response.getHeaders().containsKey(HttpHeaders.CACHE_CONTROL)) {
      response
          .getHeaders()
          .putSingle(
              HttpHeaders.CACHE_CONTROL,
              response.getHeaders().containsKey(HttpHeaders.ETAG)
                  ? "no-store, no-transform"
                  : "no-store");
    }
  }
}
