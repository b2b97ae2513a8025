package io.flowfi.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogBoundsTest {
  /** The event before the oldest may be gone: the client has it. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, true",
    "1, 0, 1, false",
    "1, 5, 0, true",
    "4, 5, 2, false",
    "4, 5, 3, true",
    "4, 5, 5, true",
    "4, 5, 6, false",
    "6, 5, 4, false",
    "6, 5, 5, true"
  })
  void shouldKnowAfterWhatAReaderMissesNothing(long oldest, long head, long cursor, boolean can) {
    assertThat(
            new LogBounds(new LogPosition(oldest), new LogPosition(head))
                .canResumeAfter(new LogPosition(cursor)))
        .isEqualTo(can);
  }
}
