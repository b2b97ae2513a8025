package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StreamNumberingTest {
  /** As unsigned numbers: ids have 64 bits. */
  @ParameterizedTest
  @CsvSource({
    "0, true",
    "1, true",
    "999999999999, true",
    "1000000000000, false",
    "9223372036854775808, false",
    "18446744073709551615, false"
  })
  void shouldLeaveIdsBelowATrillionToTheContract(String id, boolean itsOwn) {
    StreamId stream = new StreamId(Long.parseUnsignedLong(id));
    assertThat(StreamNumbering.BESIDE_CONTRACT.isContracts(stream)).isEqualTo(itsOwn);
    assertThat(StreamNumbering.ALONE.isContracts(stream)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void shouldAssignNoIdOfTheContract(StreamNumbering numbering) {
    assertThat(numbering.isContracts(numbering.first())).isFalse();
  }

  @Test
  void shouldCountFromOneWithoutAContract() {
    assertThat(StreamNumbering.ALONE.first()).isEqualTo(new StreamId(1));
  }
}
