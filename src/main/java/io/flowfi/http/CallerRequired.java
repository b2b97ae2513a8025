package io.flowfi.http;

import jakarta.servlet.http.HttpServletRequest;
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
  /** Request attribute: there if no credentials came where some are needed. */
  private static final String NOBODY = CallerRequired.class.getName() + ".nobody";

  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    if (!resource.getResourceMethod().isAnnotationPresent(ForAnybody.class)
        && !resource.getResourceClass().isAnnotationPresent(ForAnybody.class)) {
      context.register(new Check(), Priorities.AUTHENTICATION);
    }
  }

  /**
   * Whether a 401 is for want of any credentials: somebody who does not say who they are has not
   * guessed wrong.
   */
  public static boolean isNobody(HttpServletRequest request) {
    return request.getAttribute(NOBODY) != null;
  }

  static ProblemException nobody() {
    return ProblemException.unauthorized(
        "say who you are: Authorization: Bearer <token>, a ticket or the login cookie");
  }

  private static final class Check implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      // properties of the context are attributes of the servlet request
      if (request.getProperty(CallerFilter.CALLER) == null) {
        if (request.getProperty(CallerFilter.REFUSAL) instanceof ProblemException refusal) {
          throw refusal;
        }
        request.setProperty(NOBODY, Boolean.TRUE);
        throw nobody();
      }
    }
  }
}
