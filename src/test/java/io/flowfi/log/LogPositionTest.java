package io.flowfi.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LogPositionTest {
  @Test
  void shouldStandInOrder() {
    LogPosition first = LogPosition.BEGINNING.next();
    assertThat(first).isEqualTo(new LogPosition(1)).isGreaterThan(LogPosition.BEGINNING);
    assertThat(first.isAfter(LogPosition.BEGINNING)).isTrue();
    assertThat(first.isAfter(first)).isFalse();
    assertThat(LogPosition.BEGINNING.isAfter(first)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> new LogPosition(-1));
  }

  @Test
  void shouldResumeOnlyWhereNothingIsMissing() {
    LogBounds trimmed = new LogBounds(new LogPosition(11), new LogPosition(20));
    assertThat(trimmed.canResumeAfter(new LogPosition(9))).isFalse();
    assertThat(trimmed.canResumeAfter(new LogPosition(10))).isTrue();
    assertThat(trimmed.canResumeAfter(new LogPosition(20))).isTrue();
    assertThat(trimmed.canResumeAfter(new LogPosition(21))).isFalse();

    LogBounds empty = new LogBounds(new LogPosition(1), LogPosition.BEGINNING);
    assertThat(empty.canResumeAfter(LogPosition.BEGINNING)).isTrue();
    assertThat(empty.canResumeAfter(new LogPosition(1))).isFalse();
    assertThat(trimmed.canResumeAfter(LogPosition.NOWHERE)).isFalse();
    assertThat(LogPosition.NOWHERE.next().isAfter(LogPosition.NOWHERE)).isTrue();
  }
}
