package io.flowfi.sse;

import io.flowfi.fanout.FanOut;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.fanout.Subscription;
import io.flowfi.frames.ControlFrames;
import io.flowfi.frames.LogBacklog;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.output.OutputAdapter;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.jersey.server.ResourceConfig;

/** The real fan-out over a log in memory, and a resource that streams it like the application's. */
public final class EventStreams implements AutoCloseable {
  private final List<LoggedEvent> logged = new CopyOnWriteArrayList<>();
  private static final LogIdentity LOG = new LogIdentity("test");

  private final StreamEventTranslator translator = new StreamEventTranslator();
  public final AtomicInteger registered = new AtomicInteger();
  public final AtomicInteger closed = new AtomicInteger();
  public final FanOut fanOut;
  public final Broadcasters broadcasters;

  public EventStreams() {
    this(Duration.ofSeconds(60));
  }

  public EventStreams(Duration stallTimeout) {
    LogBacklog backlog =
        new LogBacklog(
            new MemoryEventLog(),
            null, // nobody asks for states
            translator,
            stream -> "{}");
    FanOutSettings settings =
        new FanOutSettings(1, 1, 1024, 4 << 20, Duration.ofSeconds(30), stallTimeout, 2000);
    fanOut =
        new FanOut(
            settings,
            backlog,
            () -> new ControlFrames(settings, LOG),
            LogPosition.BEGINNING,
            LogPosition.BEGINNING);
    broadcasters = new Broadcasters(fanOut);
    fanOut.start();
  }

  /** What to register with Jersey. */
  public ResourceConfig application(OutputAdapter outputs) {
    return new ResourceConfig()
        .register(new EventStreamFeature(fanOut::prepare, outputs))
        .register(new Stamp())
        .register(new Events(this));
  }

  /** Publishes one event of a stream and returns its position. */
  public synchronized long publish(long stream, String payload) {
    LoggedEvent event =
        new LoggedEvent(
            new LogPosition(logged.size() + 1L),
            EventType.STREAM_WITHDRAWN,
            Optional.of(new StreamId(stream)),
            Optional.empty(),
            Optional.empty(),
            0,
            payload);
    logged.add(event);
    fanOut.publish(List.of(translator.frame(event, LOG)));
    return event.position().value();
  }

  @Override
  public void close() {
    fanOut.shutdown(Duration.ofSeconds(2));
  }

  private final class MemoryEventLog implements EventLog {
    @Override
    public LogIdentity identity() {
      return LOG;
    }

    @Override
    public LogBounds bounds() {
      return new LogBounds(new LogPosition(1), new LogPosition(logged.size()));
    }

    @Override
    public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
      List<LoggedEvent> matching = new ArrayList<>();
      long through = after.value();
      while (through < logged.size() && matching.size() < maxEvents) {
        LoggedEvent event = logged.get((int) through++);
        if (filter.matches(event)) {
          matching.add(event);
        }
      }
      return new EventPage(matching, new LogPosition(through));
    }
  }

  /** Shows that response filters run for event streams too. */
  public static final class Stamp implements ContainerResponseFilter {
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
      response.getHeaders().putSingle("X-Request-ID", "stamped");
    }
  }

  @Path("events")
  public static final class Events {
    private final EventStreams streams;

    Events(EventStreams streams) {
      this.streams = streams;
    }

    @GET
    @Produces("text/event-stream")
    public void subscribe(
        @Context SseEventSink sink,
        @Context Sse sse,
        @QueryParam("streams") List<Long> ids,
        @QueryParam("after") Long after,
        @QueryParam("do") List<String> todo) {
      if (todo.contains("throw-before")) {
        throw new ClientErrorException("not now", 409);
      }
      if (!todo.contains("not-register")) {
        Set<StreamId> wanted = Set.copyOf(ids.stream().map(StreamId::new).toList());
        EventFilter filter = new EventFilter(wanted.isEmpty(), wanted, Set.of(), Set.of());
        streams.registered.incrementAndGet();
        streams
            .broadcasters
            .of(filter)
            .register(
                sink,
                new Subscription(
                    "test", filter, Optional.ofNullable(after).map(LogPosition::new), false),
                through -> streams.closed.incrementAndGet());
      }
      if (todo.contains("send")) {
        sink.send(sse.newEvent("first", "words"));
      }
      if (todo.contains("throw-after")) {
        throw new ClientErrorException("changed my mind", 409);
      }
      if (todo.contains("fail")) {
        throw new IllegalStateException("a defect");
      }
      if (todo.contains("close")) {
        sink.close();
      }
    }
  }
}
