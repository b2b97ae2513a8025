package io.flowfi.web.access;

import io.flowfi.auth.Caller;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.wire.ProblemException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;

/**
 * Requires a known caller for every resource method, except those marked {@link ForAnybody}; so a
 * new method is closed by default. Methods marked {@link ForAdmins} are for administrators only.
 * The mark of a method overrides that of its class.
 */
public final class CallerRequired implements DynamicFeature {
  /** The request's property that marks one for administrators, whoever sends it. */
  static final String FOR_ADMINS = ForAdmins.class.getName();

  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    if (isMarked(resource, ForAnybody.class, ForAdmins.class)) {
      return;
    }
    context.register(new Known(), Priorities.AUTHENTICATION);
    if (isMarked(resource, ForAdmins.class, ForAnybody.class)) {
      context.register(new Admin(), Priorities.AUTHORIZATION);
    }
  }

  private static boolean isMarked(
      ResourceInfo resource,
      Class<? extends Annotation> mark,
      Class<? extends Annotation> opposite) {
    Method method = resource.getResourceMethod();
    return method.isAnnotationPresent(mark)
        || !method.isAnnotationPresent(opposite)
            && resource.getResourceClass().isAnnotationPresent(mark);
  }

  private static final class Known implements ContainerRequestFilter {
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

  /** Runs after {@link Known}. */
  private static final class Admin implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      request.setProperty(FOR_ADMINS, Boolean.TRUE);
      if (!(request.getProperty(CallerFilter.CALLER) instanceof Caller caller)
          || !caller.isAdmin()) {
        throw ProblemException.of(403, "only administrators may do this (scope admin)");
      }
    }
  }
}
