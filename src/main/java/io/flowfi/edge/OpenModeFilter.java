package io.flowfi.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * Open mode asks nobody who they are, so it answers only clients on this machine. The address is
 * the peer's own, a literal, so no name is looked up.
 */
public final class LoopbackOnlyFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()) {
      chain.doFilter(request, response);
    } else {
      Problem problem =
          Problem.of(
              403,
              "this server is in open mode and answers clients on its own machine only; configure JWT_SECRET",
              List.of());
      ProblemServlet.send(response, problem.at(request.getRequestURI()));
    }
  }
}
