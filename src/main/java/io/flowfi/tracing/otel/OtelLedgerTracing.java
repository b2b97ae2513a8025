package io.flowfi.tracing.otel;

import io.flowfi.ledger.CommandWatch;
import io.flowfi.ledger.Receipt;
import io.flowfi.log.LoggedEvent;
import io.flowfi.tracing.CommandTrace;
import io.flowfi.tracing.LedgerTracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A command's request is a span of kind SERVER, with the spans {@code commit}, until it is durable,
 * and {@code publish} for each of its events, from then until this node hands it to its
 * subscribers. Names of attributes are those of OpenTelemetry's semantic conventions, ours begin
 * with {@code flowfi.}.
 */
final class OtelLedgerTracing implements LedgerTracing {
  /** Events that are not published by then are late for other reasons. */
  private static final int EVENTS = 1 << 12;

  private final Supplier<OtelTracing.Instruments> instruments;
  private final boolean sandbox;

  /** By position: the writer adds, the feed takes. */
  private final AtomicReferenceArray<Publication> publications = new AtomicReferenceArray<>(EVENTS);

  private record Publication(long position, Span span) {}

  /**
   * @param instruments of the moment: there are none for traces before the start
   */
  OtelLedgerTracing(Supplier<OtelTracing.Instruments> instruments, boolean sandbox) {
    this.instruments = instruments;
    this.sandbox = sandbox;
  }

  @Override
  public CommandTrace begin(String route, String path, UnaryOperator<String> headers) {
    Span request =
        span(
            "POST " + route,
            SpanKind.SERVER,
            instruments.get().propagator().extract(Context.root(), headers, Headers.ONE));
    request
        .setAttribute("http.request.method", "POST")
        .setAttribute("http.route", route)
        .setAttribute("url.path", path);
    return new Trace(request);
  }

  private Span span(String name, SpanKind kind, Context parent) {
    Span span =
        instruments
            .get()
            .tracer()
            .spanBuilder(name)
            .setSpanKind(kind)
            .setParent(parent)
            .startSpan();
    return sandbox ? span.setAttribute("flowfi.sandbox", true) : span;
  }

  @Override
  public void published(List<LoggedEvent> events) {
    for (LoggedEvent event : events) {
      long position = event.position().value();
      Publication next = publications.get(slot(position));
      if (next != null
          && next.position == position
          && publications.compareAndSet(slot(position), next, null)) {
        next.span.end();
      }
    }
  }

  private static int slot(long position) {
    return (int) (position & (EVENTS - 1));
  }

  /** The ledger's writer and the thread that answers do not use it at the same time. */
  private final class Trace implements CommandTrace {
    private final Span request;
    private volatile Span commit = Span.getInvalid();

    Trace(Span request) {
      this.request = request;
    }

    @Override
    public String id() {
      return request.getSpanContext().getTraceId();
    }

    @Override
    public CommandWatch submitted() {
      if (!request.isRecording()) {
        return CommandWatch.NONE;
      }
      commit = span("commit", SpanKind.INTERNAL, here());
      return this::committed;
    }

    private Context here() {
      return Context.root().with(request);
    }

    private void committed(Receipt receipt) {
      commit.end();
      request.setAttribute("flowfi.stream", receipt.stream().id().toString());
      for (Receipt.Entry event : receipt.events()) {
        long position = event.position().value();
        Span span =
            span("publish", SpanKind.INTERNAL, here())
                .setAttribute("flowfi.event.type", event.type().wireName())
                .setAttribute("flowfi.position", position);
        Publication late = publications.getAndSet(slot(position), new Publication(position, span));
        if (late != null) {
          late.span.setStatus(StatusCode.ERROR, "not published yet, and forgotten").end();
        }
      }
    }

    @Override
    public void answered(int status) {
      if (status >= 500) {
        commit.setStatus(StatusCode.ERROR);
        request.setStatus(StatusCode.ERROR).setAttribute("error.type", String.valueOf(status));
      }
      commit.end(); // unless it has: rejected, or answered as before
      request.setAttribute("http.response.status_code", status).end();
    }
  }

  private enum Headers implements TextMapGetter<UnaryOperator<String>> {
    ONE;

    @Override
    public Iterable<String> keys(UnaryOperator<String> headers) {
      return List.of(); // the propagators of the specification ask by name
    }

    @Override
    public String get(UnaryOperator<String> headers, String name) {
      return headers == null ? null : headers.apply(name);
    }
  }
}
