package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What shows a node that its channel works. */
class EchoTest {
  private final Echo patient = new Echo(Duration.ofHours(1));

  /** Its silence is over at once. */
  private final Echo impatient = new Echo(Duration.ofNanos(-1));

  /** Whoever has Redis can send it again, over a connection that leads nowhere. */
  @Test
  void shouldHearNothingInAMessageThatIsRepeated() {
    patient.expect();
    patient.heard(100);
    assertThat(patient.isHeard()).isTrue();
    patient.expect(); // over another connection
    patient.heard(100);
    patient.heard(99);
    assertThat(patient.isHeard()).isFalse();
    patient.heard(101);
    assertThat(patient.isHeard()).isTrue();
  }

  @Test
  void shouldHearNothingWithoutAConnection() {
    patient.heard(100);
    assertThat(patient.isHeard()).isFalse();
    patient.expect();
    patient.heard(101);
    patient.dismiss();
    assertThat(patient.isHeard()).isFalse();
  }

  @Test
  void shouldMissWhatDoesNotComeInTime() {
    patient.expect();
    assertThat(patient.isMissing()).isFalse();
    assertThat(impatient.isMissing()).as("nothing is expected").isFalse();
    impatient.expect();
    assertThat(impatient.isMissing()).isTrue();
    impatient.heard(100);
    assertThat(impatient.isHeard()).as("too long ago").isFalse();
    impatient.dismiss();
    assertThat(impatient.isMissing()).isFalse();
  }
}
