package io.flowfi.web.access;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Stores in each request who records its refusal: {@link Refusal} has only the request, and a body
 * may be rejected long after the filters have returned. Comes before all filters that reject.
 */
public final class RefusalFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient RefusalRecorder recorder;

  public RefusalFilter(RefusalRecorder recorder) {
    this.recorder = recorder;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    request.setAttribute(Refusal.RECORDER, recorder);
    chain.doFilter(request, response);
  }

  @Override
  public void destroy() {
    recorder.sum();
  }
}
