package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LoggedEvent;
import io.flowfi.relay.DroppedMessageException.Reason;
import java.util.List;
import java.util.stream.LongStream;
import javax.crypto.Mac;
import org.junit.jupiter.api.Test;

class SealedMessagesTest {
  private final LogIdentity log = LogIdentity.random();
  private final LogSecret secret = LogSecret.random();
  private final SealedMessages messages = new SealedMessages(log, secret, 10_000);

  private static Message message(long first, long last) {
    List<LoggedEvent> events =
        LongStream.rangeClosed(first, last).mapToObj(n -> SharedLog.event(n, "ü€😀")).toList();
    return new Message(-7, -12, new LogPosition(last), events);
  }

  private static void assertDropped(SealedMessages by, byte[] sealed, Reason why) {
    assertThatThrownBy(() -> by.open(sealed))
        .isInstanceOfSatisfying(
            DroppedMessageException.class, e -> assertThat(e.reason()).isEqualTo(why));
  }

  @Test
  void shouldBringBackWhatWasSealed() throws Exception {
    for (Message message :
        List.of(
            message(1, 1),
            message(1, 20),
            message(Long.MAX_VALUE - 2, Long.MAX_VALUE - 1),
            new Message(1, 2, LogPosition.BEGINNING, List.of()))) {
      assertThat(messages.open(messages.seal(message).orElseThrow())).isEqualTo(message);
    }
  }

  @Test
  void shouldNotSealWhatIsTooLong() {
    assertThat(messages.seal(message(1, 1000))).isEmpty();
    byte[] fits = messages.seal(message(1, 20)).orElseThrow();
    assertThat(new SealedMessages(log, secret, fits.length).seal(message(1, 20))).isPresent();
    assertThat(new SealedMessages(log, secret, fits.length - 1).seal(message(1, 20))).isEmpty();
  }

  @Test
  void shouldBelieveNothingThatIsChangedInAnyBit() {
    byte[] sealed = messages.seal(message(3, 4)).orElseThrow();
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] changed = sealed.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> messages.open(changed)).isInstanceOf(DroppedMessageException.class);
    }
    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> messages.open(cut)).isInstanceOf(DroppedMessageException.class);
    }
    assertDropped(messages, java.util.Arrays.copyOf(sealed, sealed.length + 1), Reason.UNSIGNED);
  }

  @Test
  void shouldBelieveOnlyNodesOfThisLog() {
    byte[] sealed = messages.seal(message(3, 4)).orElseThrow();
    assertDropped(new SealedMessages(LogIdentity.random(), secret, 100), sealed, Reason.FOREIGN);
    assertDropped(new SealedMessages(log, LogSecret.random(), 100), sealed, Reason.UNSIGNED);
  }

  /** Nodes of two versions work side by side during an upgrade. */
  @Test
  void shouldTakeTheEventsOfAnotherVersionAsAPosition() throws Exception {
    byte[] sealed = messages.seal(message(3, 4)).orElseThrow();
    sealed[0] = 2;
    Mac mac = secret.mac("relay");
    mac.update(sealed, 0, sealed.length - 32);
    System.arraycopy(mac.doFinal(), 0, sealed, sealed.length - 32, 32);
    assertThat(messages.open(sealed))
        .isEqualTo(new Message(-7, -12, new LogPosition(4), List.of()));
  }

  @Test
  void shouldHoldEventsThatLeadUpToItsHead() {
    List<LoggedEvent> gap = List.of(SharedLog.event(1, ""), SharedLog.event(3, ""));
    assertThatThrownBy(() -> new Message(1, 1, new LogPosition(3), gap))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
