package io.flowfi.frames;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.fanout.Backlog;
import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Frame;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.log.StatePage;
import io.flowfi.log.StreamStates;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LogBacklogTest {
  private static final Address ALICE = new Address("GALICE");
  private static final Address BOB = new Address("GBOB");
  private static final LogPosition READ_AT = new LogPosition(77);

  private static final LoggedEvent PROTOCOL_EVENT =
      new LoggedEvent(
          new LogPosition(99),
          EventType.PROTOCOL_INITIALIZED,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          "{}");

  private static LoggedEvent event(long position, Address sender, Address recipient) {
    return new LoggedEvent(
        new LogPosition(position),
        EventType.STREAM_CREATED,
        Optional.of(new StreamId(position)),
        Optional.of(sender),
        Optional.of(recipient),
        0,
        "{\"n\":" + position + "}");
  }

  private static PaymentStream state(long id) {
    return new PaymentStream(
        new StreamId(id),
        ALICE,
        BOB,
        ALICE,
        Amount.of(1),
        Amount.of(100),
        Amount.of(0),
        0,
        0,
        StreamStatus.ACTIVE,
        OptionalLong.empty(),
        0,
        1,
        Origin.API,
        Optional.empty());
  }

  /**
   * A log of an event of each stream from 5 on, streams that were created at ten times their id.
   */
  private static final LogBacklog BACKLOG =
      new LogBacklog(
          new EventLog() {
            @Override
            public LogIdentity identity() {
              return new LogIdentity("test");
            }

            @Override
            public LogBounds bounds() {
              return new LogBounds(new LogPosition(3), new LogPosition(9));
            }

            @Override
            public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
              List<LoggedEvent> events = new ArrayList<>();
              for (long p = after.value() + 1; events.size() < maxEvents; p++) {
                events.add(event(p, ALICE, BOB));
              }
              events.add(PROTOCOL_EVENT);
              return new EventPage(events, new LogPosition(maxEvents));
            }
          },
          new StreamStates() {
            @Override
            public StatePage read(
                EventFilter filter, LogPosition after, LogPosition upTo, int maxStates) {
              List<StatePage.State> states =
                  LongStream.rangeClosed(after.value() + 1, after.value() + maxStates)
                      .mapToObj(id -> new StatePage.State(state(id), upTo))
                      .toList();
              return new StatePage(states, READ_AT, true);
            }

            @Override
            public Map<StreamId, LogPosition> births(Set<StreamId> streams) {
              return streams.stream()
                  .collect(toMap(id -> id, id -> new LogPosition(10 * id.bits())));
            }
          },
          new StreamEventTranslator(),
          stream -> "{\"id\":\"" + stream.id() + "\"}");

  private static String text(byte[] frame) {
    return new String(frame, StandardCharsets.UTF_8);
  }

  @Test
  void shouldReadPagesAsFrames() {
    Backlog.Page page = BACKLOG.read(new LogPosition(4), EventFilter.EVERYTHING, 6);
    assertThat(page.through()).isEqualTo(new LogPosition(6));
    Frame frame = page.frames().get(0);
    assertThat(frame.position()).isEqualTo(new LogPosition(5));
    assertThat(text(frame.bytes()))
        .isEqualTo("event: stream.created\ndata: {\"n\":5}\nid: 5.test\n\n");
    assertThat(frame.keys())
        .containsExactly(
            FilterKey.All.INSTANCE,
            new FilterKey.OfStream(new StreamId(5)),
            new FilterKey.OfUser(ALICE),
            new FilterKey.OfUser(BOB));
  }

  @Test
  void shouldListAUserWhoPaysItselfOnce() {
    assertThat(
            new StreamEventTranslator()
                .frame(event(1, ALICE, ALICE), new LogIdentity("test"))
                .keys())
        .containsExactly(
            FilterKey.All.INSTANCE,
            new FilterKey.OfStream(new StreamId(1)),
            new FilterKey.OfUser(ALICE));
  }

  @Test
  void shouldGiveTheEventsOfTheStreamsThatAreWantedWithoutIds() {
    Backlog.Page page =
        BACKLOG.changes(
            LogPosition.BEGINNING, EventFilter.EVERYTHING, 6, born -> born.value() % 20 == 0);
    assertThat(page.through()).isEqualTo(new LogPosition(6));
    assertThat(page.frames())
        .extracting(frame -> text(frame.bytes()))
        .containsExactly(
            "event: stream.created\ndata: {\"n\":2}\n\n",
            "event: stream.created\ndata: {\"n\":4}\n\n",
            "event: stream.created\ndata: {\"n\":6}\n\n",
            "event: protocol.initialized\ndata: {}\n\n");
    assertThat(page.frames().get(1).position()).isEqualTo(new LogPosition(4));
  }

  @Test
  void shouldGiveStatesAsFrames() {
    LogPosition upTo = new LogPosition(50);
    Backlog.States page = BACKLOG.states(EventFilter.EVERYTHING, new LogPosition(4), upTo, 2);
    assertThat(page.readAt()).isEqualTo(READ_AT);
    assertThat(page.last()).isTrue();
    assertThat(page.states())
        .extracting(state -> text(state.frame()))
        .containsExactly(
            "event: stream.snapshot\ndata: {\"id\":\"5\"}\n\n",
            "event: stream.snapshot\ndata: {\"id\":\"6\"}\n\n");
    assertThat(page.states()).extracting(Backlog.State::born).containsOnly(upTo);
  }
}
