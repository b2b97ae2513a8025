package io.flowfi.sse;

import io.flowfi.output.OutputAdapter;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.Arrays;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;

/**
 * Replaces Jersey's sink and broadcasters with ours, for every resource method with an {@code
 * SseEventSink} parameter. Jersey's own block the publisher on one full socket, queue without
 * bound, and can write into a recycled response.
 *
 * <p>How: Jersey suspends such a request before it has computed the parameters, and leaves the
 * answer to the sink. The last request filter replaces the response writer with an {@link
 * EventStreamWriter}, which does not really suspend. When the method returns, Jersey flushes the
 * sink, which resumes with a response without entity; so the response filters run as for any other
 * answer, and the writer's commit, on the same thread, takes the connection over.
 */
public final class EventStreamFeature implements Feature {
  /**
   * After every other request filter: a filter that rejects a request does so before anything needs
   * to be undone.
   */
  private static final int LAST = Priorities.USER + 100_000;

  /** Above Jersey's own provider of {@code SseEventSink} parameters and its own {@code Sse}. */
  static final int RANK = 1000;

  private final SubscriberFactory subscribers;
  private final OutputAdapter outputs;

  public EventStreamFeature(SubscriberFactory subscribers, OutputAdapter outputs) {
    this.subscribers = subscribers;
    this.outputs = outputs;
  }

  @Override
  public boolean configure(FeatureContext context) {
    context.register(
        new AbstractBinder() {
          @Override
          protected void configure() {
            bind(subscribers).to(SubscriberFactory.class);
            bind(outputs).to(OutputAdapter.class);
            bind(EventStreamSse.INSTANCE).to(Sse.class).ranked(RANK);
            bind(EventStreamSinkProvider.class).to(ValueParamProvider.class).in(Singleton.class);
          }
        });
    context.register(new TakeOver());
    return true;
  }

  private static final class TakeOver implements DynamicFeature {
    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
      if (Arrays.asList(resource.getResourceMethod().getParameterTypes())
          .contains(SseEventSink.class)) {
        context.register(EventStreamFilter.class, LAST);
      }
    }
  }
}
