package io.flowfi.sse;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.function.Function;
import org.glassfish.jersey.server.AsyncContext;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.model.Parameter;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;

/** Makes the values of {@code @Context SseEventSink} and {@code @Context Sse} parameters. */
final class EventStreamSinkProvider implements ValueParamProvider {
  private static final String EVENT_STREAM = "text/event-stream;charset=UTF-8";

  private final SubscriberFactory subscribers;
  private final Provider<AsyncContext> asyncContext;

  @Inject
  EventStreamSinkProvider(SubscriberFactory subscribers, Provider<AsyncContext> asyncContext) {
    this.subscribers = subscribers;
    this.asyncContext = asyncContext;
  }

  @Override
  public Function<ContainerRequest, ?> getValueProvider(Parameter parameter) {
    if (!parameter.isAnnotationPresent(Context.class)) {
      return null;
    }
    if (parameter.getRawType() == Sse.class) {
      return request -> EventStreamSse.INSTANCE;
    }
    return parameter.getRawType() == SseEventSink.class ? this::sink : null;
  }

  @Override
  public PriorityType getPriority() {
    return () -> EventStreamFeature.RANK;
  }

  private EventStreamSink sink(ContainerRequest request) {
    AsyncContext jersey = asyncContext.get();
    EventStreamSink sink = new EventStreamSink(subscribers, body -> jersey.resume(response(body)));
    ((EventStreamWriter) request.getResponseWriter()).attach(sink);
    return sink;
  }

  private static Response response(byte[] wholeBody) {
    return Response.ok(wholeBody)
        .header(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
        .header(HttpHeaders.CACHE_CONTROL, "no-store, no-transform")
        // otherwise nginx holds events back until its buffer is full
        .header("X-Accel-Buffering", "no")
        .build();
  }
}
