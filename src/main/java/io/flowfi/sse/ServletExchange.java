package io.flowfi.sse;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;

/**
 * The container's own servlet objects behind a JAX-RS request. Jersey injects proxies instead,
 * which look the request up at every call: that was an eighth of the cost of a subscribe.
 */
public record ServletExchange(HttpServletRequest request, HttpServletResponse response) {
  private static final String ATTRIBUTE = ServletExchange.class.getName();

  /**
   * The exchange that {@link Keeper} has stored.
   *
   * @return null if the keeper is not in front of Jersey
   */
  public static ServletExchange of(ContainerRequestContext request) {
    // Jersey's properties of a servlet request are the request's attributes
    return (ServletExchange) request.getProperty(ATTRIBUTE);
  }

  /** Stores the exchange of each request; belongs in front of Jersey. */
  public static final class Keeper extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      request.setAttribute(ATTRIBUTE, new ServletExchange(request, response));
      chain.doFilter(request, response);
    }
  }
}
