package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.fanout.FanOut;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.fanout.Frame;
import io.flowfi.frames.ControlFrames;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PublisherTest {
  private static final LogIdentity LOG = new LogIdentity("k3f9");

  private final StreamEventTranslator translator = new StreamEventTranslator();

  /** It is not started: what is published stays in the ring. */
  private final FanOut fanOut =
      new FanOut(
          FanOutSettings.defaults(),
          null, // nobody reads the store
          () -> new ControlFrames(FanOutSettings.defaults(), LOG),
          LogPosition.BEGINNING,
          LogPosition.BEGINNING);

  private final List<Long> heard = new ArrayList<>();

  private void hear(List<LoggedEvent> events) {
    events.forEach(event -> heard.add(event.position().value()));
  }

  private Publisher publisher(Consumer<List<LoggedEvent>> first) {
    Function<LoggedEvent, Frame> frames = event -> translator.frame(event, LOG);
    return new Publisher(fanOut, frames, List.of(first, this::hear));
  }

  private static List<LoggedEvent> events(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(
            position ->
                new LoggedEvent(
                    new LogPosition(position),
                    EventType.STREAM_CREATED,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    "{}"))
        .toList();
  }

  @Test
  void shouldGoOnThoughOneThatHearsOfItFails() {
    List<LogRecord> said = new ArrayList<>();
    Logger logger = Logger.getLogger(Publisher.class.getName());
    logger.setFilter(record -> !said.add(record));
    try {
      List<Error> faults = new ArrayList<>(List.of(new AssertionError("a"), new LinkageError("b")));
      Publisher publisher =
          publisher(
              events -> {
                if (!faults.isEmpty()) {
                  throw faults.remove(0);
                }
              });
      publisher.accept(events(1, 3));
      publisher.accept(events(4, 4));
      publisher.accept(events(5, 6));
    } finally {
      logger.setFilter(null);
    }
    assertThat(fanOut.head()).isEqualTo(new LogPosition(6));
    assertThat(heard).as("the other one").containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(said)
        .singleElement()
        .satisfies(record -> assertThat(record.getThrown()).hasMessage("a"));
  }

  /** An error may come when the frames are in the ring and the feed does not know it. */
  @Test
  void shouldNotRefuseWhatIsOfferedAgain() {
    Publisher publisher = publisher(events -> {});
    publisher.accept(events(1, 3));
    publisher.accept(events(1, 3));
    publisher.accept(events(2, 5));
    assertThat(fanOut.head()).isEqualTo(new LogPosition(5));
    publisher.skipTo(new LogPosition(9));
    publisher.skipTo(new LogPosition(9));
    publisher.accept(events(10, 10));
    assertThat(fanOut.head()).isEqualTo(new LogPosition(10));
    assertThatThrownBy(() -> publisher.accept(events(12, 12))).hasMessageContaining("follow");
  }
}
