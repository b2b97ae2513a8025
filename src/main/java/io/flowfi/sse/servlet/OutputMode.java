package io.flowfi.sse.servlet;

import io.flowfi.fanout.Subscriber;
import io.flowfi.sse.OutputAdapter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Which output event streams leave by. */
public enum OutputMode {
  /** Detached where that works, else async. */
  AUTO,
  /** Detached or nothing. */
  DETACHED,
  /** The Servlet API only. */
  ASYNC;

  /** Named, not referenced: linking it fails in other containers. */
  private static final String DETACHED_ADAPTER = "io.flowfi.sse.tomcat.DetachedOutputs";

  /**
   * Chooses the adapter for a container.
   *
   * @throws IllegalStateException if this mode cannot work there; the message names container and
   *     remedy
   */
  public OutputAdapter adapterFor(ServletContext container) {
    if (this == ASYNC) {
      return new AsyncOutputs();
    }
    if (container.getServerInfo().startsWith("Apache Tomcat/")) {
      OutputAdapter detached = detached();
      return this == DETACHED ? detached : new Either(detached, new AsyncOutputs());
    }
    if (this == DETACHED) {
      throw new IllegalStateException(
          "SSE_OUTPUT=detached works on Apache Tomcat only, not on "
              + container.getServerInfo()
              + ": use auto or async");
    }
    return new AsyncOutputs();
  }

  private static OutputAdapter detached() {
    try {
      return (OutputAdapter) Class.forName(DETACHED_ADAPTER).getConstructor().newInstance();
    } catch (ReflectiveOperationException failed) {
      throw new IllegalStateException("the detached output cannot be loaded", failed);
    }
  }

  private record Either(OutputAdapter preferred, OutputAdapter fallback) implements OutputAdapter {
    @Override
    public boolean accepts(HttpServletRequest request) {
      return preferred.accepts(request) || fallback.accepts(request);
    }

    @Override
    public void open(
        HttpServletRequest request, HttpServletResponse response, Subscriber subscriber)
        throws IOException {
      (preferred.accepts(request) ? preferred : fallback).open(request, response, subscriber);
    }
  }
}
