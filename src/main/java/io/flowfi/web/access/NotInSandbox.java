package io.flowfi.web.access;

import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.List;

/**
 * Rejects commands for the whole server that are sent to its sandbox, with a 400. Only the sandbox
 * has this filter.
 */
@OfWholeServer
public final class NotInSandbox implements ContainerRequestFilter {
  @Override
  public void filter(ContainerRequestContext request) {
    throw ProblemException.invalid(
        List.of(
            FieldError.ofParameter(
                QueryParameters.SANDBOX,
                "this is about the whole server, and nothing was done: leave out the sandbox")));
  }
}
