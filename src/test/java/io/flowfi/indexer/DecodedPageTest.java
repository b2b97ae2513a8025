package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.at;
import static io.flowfi.indexer.ToldEvents.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a decoder does about an event is about that event. */
class DecodedPageTest {
  private static final ReadEvent FIRST = at(105, 1, 0);
  private static final ReadEvent SECOND = at(105, 1, 1);

  private static DecodedPage decoded(Function<RpcEvent, ChainFact> decoding) {
    EventPage told = page(110, 110).page();
    return DecodedPage.of(
        new EventPage(
            List.of(raw(FIRST), raw(SECOND)),
            1000,
            told.cursor(),
            110,
            OptionalLong.empty(),
            OptionalLong.empty()),
        new Decoder(decoding));
  }

  private static RpcEvent raw(ReadEvent event) {
    return new RpcEvent(
        event.id(), RpcEvent.Kind.CONTRACT, event.position(), 0, "", "", List.of(), new byte[0]);
  }

  private record Decoder(Function<RpcEvent, ChainFact> decoding) implements EventDecoder {
    @Override
    public ChainFact decode(RpcEvent event) {
      return decoding.apply(event);
    }

    @Override
    public String keyOf(StreamId stream) {
      throw new UnsupportedOperationException();
    }

    @Override
    public StreamEntry entry(StreamId stream, EntryState entry) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Map<String, ChainFact> FACTS =
      Map.of(FIRST.id(), FIRST.fact().orElseThrow(), SECOND.id(), SECOND.fact().orElseThrow());

  static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("a defect of the decoder"),
        new StackOverflowError(),
        new OutOfMemoryError("so many elements"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void shouldTakeAFailureOfTheDecoderForADefectOfTheEvent(Throwable failure) {
    DecodedPage page =
        decoded(
            event -> {
              if (event.id().equals(SECOND.id())) {
                if (failure instanceof Error error) {
                  throw error;
                }
                throw (RuntimeException) failure;
              }
              return FACTS.get(event.id());
            });
    assertThat(page.events().get(0)).isEqualTo(FIRST);
    ReadEvent broken = page.events().get(1);
    assertThat(broken.position()).isEqualTo(SECOND.position());
    assertThat(broken.fact()).isEmpty();
    assertThat(broken.defect().orElseThrow())
        .hasMessageContaining("the decoder failed")
        .hasCause(failure);
  }

  @Test
  void shouldKeepWhatTheDecoderSaysOfAnEvent() {
    UndecodableEventException why =
        new UndecodableEventException("byte 7 is wrong", Optional.of(new StreamId(1)), null);
    DecodedPage page =
        decoded(
            event -> {
              throw why;
            });
    assertThat(page.events()).allSatisfy(event -> assertThat(event.defect()).containsSame(why));
  }

  /** Its last event may be the first of more at that place of the chain. */
  @Test
  void shouldCoverOnlyWhatIsBeforeTheEndOfAFullPage() {
    DecodedPage full =
        DecodedPage.of(
            new EventPage(
                List.of(raw(FIRST), raw(SECOND)),
                2,
                page(110, 110).page().cursor(),
                110,
                OptionalLong.empty(),
                OptionalLong.empty()),
            new Decoder(event -> FACTS.get(event.id())));
    assertThat(full.covers(FIRST.position())).isTrue();
    assertThat(full.covers(SECOND.position())).isFalse();
  }
}
