package io.flowfi.tck;

import io.flowfi.container.OutputMode;
import io.flowfi.container.tomcat.TomcatContainer;
import io.flowfi.fanout.FanOut;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import io.flowfi.sse.Broadcasters;
import io.flowfi.sse.EventStreamFeature;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.sse.SseEventSink;
import java.lang.reflect.InvocationHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.internal.spi.ForcedAutoDiscoverable;
import org.glassfish.jersey.server.model.Invocable;
import org.glassfish.jersey.server.spi.internal.ResourceMethodInvocationHandlerProvider;

/**
 * Puts our sinks, broadcasters and fan-out under each of the TCK's applications, which name only
 * their resources.
 */
@ConstrainedTo(RuntimeType.SERVER)
public final class OurEventStreams implements ForcedAutoDiscoverable {
  private static final EventFilter NOTHING =
      new EventFilter(false, Set.of(new StreamId(Long.MAX_VALUE)), Set.of(), Set.of());

  private static final FanOut FAN_OUT =
      new FanOut(
          new FanOutSettings(
              1, 1, 1024, 4 << 20, Duration.ofMinutes(10), Duration.ofSeconds(30), 2000),
          new EmptyLog(),
          SilentWording::new,
          LogPosition.BEGINNING,
          LogPosition.BEGINNING);

  static {
    FAN_OUT.start();
  }

  private static volatile OutputMode output;

  /** Which output the applications deployed from now on have. */
  static void use(OutputMode mode) {
    output = mode;
  }

  @Override
  public void configure(FeatureContext context) {
    context.register(
        new EventStreamFeature(FAN_OUT::prepare, new TomcatContainer(null).outputs(output)));
    context.register(
        new AbstractBinder() {
          @Override
          protected void configure() {
            bind(new Subscribe()).to(ResourceMethodInvocationHandlerProvider.class);
          }
        });
  }

  /**
   * Our methods say what their sink subscribes to; the TCK's cannot know of that. So each of their
   * sinks is subscribed to nothing before the method runs.
   */
  private static final class Subscribe implements ResourceMethodInvocationHandlerProvider {
    private final Broadcasters broadcasters = new Broadcasters(FAN_OUT);

    @Override
    public InvocationHandler create(Invocable invocable) {
      return (resource, method, arguments) -> {
        for (Object argument : arguments) {
          if (argument instanceof SseEventSink sink) {
            broadcasters
                .of(NOTHING)
                .register(
                    sink, new Subscription("tck", NOTHING, Optional.empty(), false), through -> {});
          }
        }
        return method.invoke(resource, arguments);
      };
    }
  }
}
