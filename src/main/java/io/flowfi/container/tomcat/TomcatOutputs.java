package io.flowfi.container.tomcat;

import io.flowfi.container.OutputMode;
import io.flowfi.fanout.Subscriber;
import io.flowfi.output.AsyncOutputs;
import io.flowfi.output.OutputAdapter;
import io.flowfi.output.Suspension;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The outputs of each mode. Async mode creates nothing of the detached one: it must work where that
 * does not.
 */
final class TomcatOutputs {
  private TomcatOutputs() {}

  static OutputAdapter of(OutputMode mode) {
    OutputAdapter async = new AsyncOutputs(new SocketWriteTimeouts(), Suspension::makeEndless);
    return switch (mode) {
      case AUTO -> new Either(new DetachedOutputs(), async);
      case DETACHED -> new Either(new DetachedOutputs(), new LateBodies(async));
      case ASYNC -> async;
    };
  }

  /** Requests that can no longer be detached, although their protocol allows it. */
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
