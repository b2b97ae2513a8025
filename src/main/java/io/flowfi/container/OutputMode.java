package io.flowfi.container;

import io.flowfi.fanout.Subscriber;
import io.flowfi.output.AsyncOutputs;
import io.flowfi.output.GrizzlyQueue;
import io.flowfi.output.OutputAdapter;
import io.flowfi.output.Suspension;
import io.flowfi.output.WriteTimeouts;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Which output event streams leave by. */
public enum OutputMode {
  /** Detached where that works, else async. */
  AUTO,
  /** Detached or nothing, but for a request whose body came late. */
  DETACHED,
  /** The Servlet API only. */
  ASYNC;

  // Named, not referenced: linking them fails in other containers.
  private static final String DETACHED_OUTPUTS = "io.flowfi.container.tomcat.DetachedOutputs";
  private static final String WRITE_TIMEOUTS = "io.flowfi.container.tomcat.SocketWriteTimeouts";

  /**
   * Chooses the adapter for a container.
   *
   * @throws IllegalStateException if this mode cannot work there; the message names container and
   *     remedy
   */
  public OutputAdapter adapterFor(ServletContext container) {
    if (container.getServerInfo().startsWith("Apache Tomcat/")) {
      return onTomcat();
    }
    if (this == DETACHED) {
      throw new IllegalStateException(
          "SSE_OUTPUT=detached works on Apache Tomcat only, not on "
              + container.getServerInfo()
              + ": use auto or async");
    }
    WriteTimeouts writeTimeouts =
        container.getServerInfo().contains("Payara") ? new GrizzlyQueue() : WriteTimeouts.NONE;
    return new AsyncOutputs(writeTimeouts, context -> context.setTimeout(0));
  }

  // only what is asked for is loaded: async must work where the other way does not
  private OutputAdapter onTomcat() {
    return switch (this) {
      case AUTO -> new Either(detached(), asyncOnTomcat());
      case DETACHED -> new Either(detached(), new LateBodies(asyncOnTomcat()));
      case ASYNC -> asyncOnTomcat();
    };
  }

  private static OutputAdapter detached() {
    return tomcatPart(OutputAdapter.class, DETACHED_OUTPUTS);
  }

  private static OutputAdapter asyncOnTomcat() {
    return new AsyncOutputs(
        tomcatPart(WriteTimeouts.class, WRITE_TIMEOUTS), Suspension::makeEndless);
  }

  private static <T> T tomcatPart(Class<T> type, String name) {
    try {
      return type.cast(Class.forName(name).getConstructor().newInstance());
    } catch (ReflectiveOperationException failed) {
      throw new IllegalStateException(name + " cannot be loaded", failed);
    }
  }

  /** Requests that cannot be detached any more, of the protocol in which others can. */
  private record LateBodies(OutputAdapter outputs) implements OutputAdapter {
    @Override
    public boolean accepts(HttpServletRequest request) {
      return request.getDispatcherType() == DispatcherType.ASYNC
          && request.getProtocol().startsWith("HTTP/1.")
          && outputs.accepts(request);
    }

    @Override
    public void open(
        HttpServletRequest request, HttpServletResponse response, Subscriber subscriber)
        throws IOException {
      outputs.open(request, response, subscriber);
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
