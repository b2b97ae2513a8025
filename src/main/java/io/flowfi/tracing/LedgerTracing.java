package io.flowfi.tracing;

import io.flowfi.log.LoggedEvent;
import java.util.List;
import java.util.function.UnaryOperator;

/** The traces of the commands to one ledger. Any thread. */
public interface LedgerTracing {
  /**
   * A command's request has come. It continues the trace that its headers name ({@code traceparent}
   * and {@code tracestate}, <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>).
   *
   * @param route the path with {@code {id}} for the stream, so that there are few of them
   * @param path as it was sent, without the query
   * @param headers values by name; null if there is none
   */
  CommandTrace begin(String route, String path, UnaryOperator<String> headers);

  /** Subscribers of this node are being sent these events. */
  void published(List<LoggedEvent> events);
}
