package io.flowfi.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.fanout.Backlog;
import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Frame;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.stream.Address;
import io.flowfi.stream.Amount;
import io.flowfi.stream.EventType;
import io.flowfi.stream.Origin;
import io.flowfi.stream.PaymentStream;
import io.flowfi.stream.StreamId;
import io.flowfi.stream.StreamStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogBacklogTest {
  private static final Address ALICE = new Address("GALICE");
  private static final Address BOB = new Address("GBOB");
  private static final LogPosition READ_AT = new LogPosition(77);

  @TempDir Path directory;

  private static LoggedEvent event(long position, Address sender, Address recipient) {
    return new LoggedEvent(
        new LogPosition(position),
        EventType.STREAM_CREATED,
        Optional.of(new StreamId(5)),
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
        Origin.API);
  }

  private LogBacklog backlog(int states, int padding, long maxSpoolBytes) {
    EventLog log =
        new EventLog() {
          @Override
          public LogBounds bounds() {
            return new LogBounds(new LogPosition(3), new LogPosition(9));
          }

          @Override
          public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
            return new EventPage(
                List.of(event(after.value() + 1, ALICE, BOB)), new LogPosition(maxEvents));
          }
        };
    SnapshotReader streams =
        (filter, each) -> {
          for (int i = 0; i < states; i++) {
            each.accept(state(i));
          }
          return READ_AT;
        };
    return new LogBacklog(
        log,
        streams,
        new StreamEventTranslator(),
        stream -> "{\"id\":\"" + stream.id() + "\",\"p\":\"" + "x".repeat(padding) + "\"}",
        directory,
        maxSpoolBytes);
  }

  private static String frame(int id, int padding) {
    return "event: stream.snapshot\ndata: {\"id\":\""
        + id
        + "\",\"p\":\""
        + "x".repeat(padding)
        + "\"}\n\n";
  }

  private static String text(byte[] frame) {
    return new String(frame, StandardCharsets.UTF_8);
  }

  @Test
  void shouldReadPagesAsFrames() {
    Backlog.Page page = backlog(0, 0, 0).read(new LogPosition(4), EventFilter.EVERYTHING, 6);
    assertThat(page.through()).isEqualTo(new LogPosition(6));
    Frame frame = page.frames().get(0);
    assertThat(frame.position()).isEqualTo(new LogPosition(5));
    assertThat(text(frame.bytes())).isEqualTo("event: stream.created\ndata: {\"n\":5}\nid: 5\n\n");
    assertThat(frame.keys())
        .containsExactly(
            FilterKey.All.INSTANCE,
            new FilterKey.OfStream(new StreamId(5)),
            new FilterKey.OfUser(ALICE),
            new FilterKey.OfUser(BOB));
  }

  @Test
  void shouldListAUserWhoPaysItselfOnce() {
    assertThat(new StreamEventTranslator().frame(event(1, ALICE, ALICE)).keys())
        .containsExactly(
            FilterKey.All.INSTANCE,
            new FilterKey.OfStream(new StreamId(5)),
            new FilterKey.OfUser(ALICE));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 1_000, 100_000})
  void shouldReadASnapshotOnFromEveryIndex(int padding) throws IOException {
    int states = padding > 10_000 ? 20 : 2_000;
    try (Backlog.Snapshot snapshot =
        backlog(states, padding, 1 << 24).snapshot(EventFilter.EVERYTHING)) {
      assertThat(snapshot.position()).isEqualTo(READ_AT);
      List<String> all = new ArrayList<>();
      for (List<byte[]> page = snapshot.read(0, 10_000);
          !page.isEmpty();
          page = snapshot.read(all.size(), 10_000)) {
        assertThat(page.stream().mapToInt(f -> f.length).sum() - page.get(page.size() - 1).length)
            .isLessThan(10_000);
        page.forEach(f -> all.add(text(f)));
      }
      assertThat(all).hasSize(states);
      for (int i = 0; i < states; i++) {
        assertThat(all.get(i)).isEqualTo(frame(i, padding));
      }
      for (int i : new int[] {states - 1, 0, states / 2, 3, states / 2 + 1}) {
        assertThat(text(snapshot.read(i, 1).get(0))).isEqualTo(frame(i, padding));
      }
      assertThat(snapshot.read(states, 1)).isEmpty();
      assertThat(snapshot.read(states + 9L, 1)).isEmpty();
    }
    assertNothingLeft();
  }

  @Test
  void shouldRefuseASnapshotBeyondItsSpaceAndGiveTheSpaceBack() throws IOException {
    LogBacklog backlog = backlog(300, 1_000, 400_000);
    try (Backlog.Snapshot first = backlog.snapshot(EventFilter.EVERYTHING)) {
      assertThatThrownBy(() -> backlog.snapshot(EventFilter.EVERYTHING))
          .isInstanceOf(SnapshotTooLargeException.class)
          .hasMessageContaining("larger than the space set aside");
      assertThat(text(first.read(299, 1).get(0))).isEqualTo(frame(299, 1_000));
    }
    backlog.snapshot(EventFilter.EVERYTHING).close();
    assertNothingLeft();
  }

  @Test
  void shouldReleaseTheSpoolWhenTheStoreFails() throws IOException {
    LogBacklog failing =
        new LogBacklog(
            null,
            (filter, each) -> {
              for (int i = 0; i < 500; i++) {
                each.accept(state(i));
              }
              throw new LogUnavailableException("gone", null);
            },
            new StreamEventTranslator(),
            stream -> "x".repeat(1_000),
            directory,
            1 << 20);
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> failing.snapshot(EventFilter.EVERYTHING))
          .isInstanceOf(LogUnavailableException.class);
    }
    assertNothingLeft();
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }
}
