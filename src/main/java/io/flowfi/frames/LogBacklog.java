package io.flowfi.frames;

import io.flowfi.fanout.Backlog;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.log.StatePage;
import io.flowfi.log.StreamStates;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The log as frames, translated in the same way as live events. Any thread may call. */
public final class LogBacklog implements Backlog {
  private final EventLog log;
  private final StreamStates streams;
  private final StreamEventTranslator translator;
  private final Function<PaymentStream, String> stateJson;

  /**
   * @param stateJson a stream's full state as JSON
   */
  public LogBacklog(
      EventLog log,
      StreamStates streams,
      StreamEventTranslator translator,
      Function<PaymentStream, String> stateJson) {
    this.log = log;
    this.streams = streams;
    this.translator = translator;
    this.stateJson = stateJson;
  }

  @Override
  public LogBounds bounds() {
    return log.bounds();
  }

  @Override
  public Page read(LogPosition after, EventFilter filter, int maxFrames) {
    EventPage page = log.read(after, filter, maxFrames);
    LogIdentity identity = log.identity();
    return new Page(
        page.events().stream().map(event -> translator.frame(event, identity)).toList(),
        page.through());
  }

  @Override
  public Page changes(
      LogPosition after, EventFilter filter, int maxFrames, Predicate<LogPosition> born) {
    EventPage page = log.read(after, filter, maxFrames);
    Map<StreamId, LogPosition> births = streams.births(streamsOf(page));
    return new Page(
        page.events().stream()
            .filter(event -> event.streamId().map(births::get).map(born::test).orElse(true))
            .map(translator::frameWithoutId)
            .toList(),
        page.through());
  }

  private static Set<StreamId> streamsOf(EventPage page) {
    return page.events().stream()
        .map(LoggedEvent::streamId)
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }

  @Override
  public States states(EventFilter filter, LogPosition after, LogPosition upTo, int maxStates) {
    StatePage page = streams.read(filter, after, upTo, maxStates);
    return new States(page.states().stream().map(this::frame).toList(), page.readAt(), page.last());
  }

  private State frame(StatePage.State state) {
    PaymentStream stream = state.stream();
    return new State(
        state.born(),
        List.of(stream.sender().key(), stream.recipient().key()),
        translator.snapshotFrame(stateJson.apply(stream)));
  }
}
