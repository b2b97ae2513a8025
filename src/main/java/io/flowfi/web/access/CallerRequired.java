package io.flowfi.web.access;

import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.wire.ProblemException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;

/**
 * Lets nobody near a resource method without knowing who it is, but for those marked {@link
 * ForAnybody}. So a new method is closed until somebody opens it.
 */
public final class CallerRequired implements DynamicFeature {
  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    if (!resource.getResourceMethod().isAnnotationPresent(ForAnybody.class)
        && !resource.getResourceClass().isAnnotationPresent(ForAnybody.class)) {
      context.register(new Check(), Priorities.AUTHENTICATION);
    }
  }

  private static final class Check implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      // properties of the context are attributes of the servlet request
      if (request.getProperty(CallerFilter.CALLER) == null) {
        if (request.getProperty(CallerFilter.REFUSAL) instanceof ProblemException refusal) {
          throw refusal;
        }
        request.setProperty(CallerFilter.NOBODY, Boolean.TRUE);
        throw CallerFilter.nobody();
      }
    }
  }
}
