package io.flowfi.web.wire;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/**
 * Rejects query parameters of commands that read none: {@code withdraw?amount=5} without a body
 * would withdraw everything, and {@code drain?seconds=5} would take the usual time. A command that
 * reads its query takes a {@link UriInfo}, and rejects by itself what it does not know.
 */
public final class CommandQueries implements DynamicFeature {
  /** Not of logins: what wallets add there changes nothing. */
  private static final List<String> OF_COMMANDS = List.of("streams", "admin");

  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    Method method = resource.getResourceMethod();
    Path path = resource.getResourceClass().getAnnotation(Path.class);
    if (!method.isAnnotationPresent(GET.class)
        && path != null
        && OF_COMMANDS.contains(path.value().split("/")[0])
        && !Arrays.asList(method.getParameterTypes()).contains(UriInfo.class)) {
      context.register(new NoQuery());
    }
  }

  private static final class NoQuery implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      new QueryParameters(request.getUriInfo().getQueryParameters()).buildStrictly(() -> request);
    }
  }
}
