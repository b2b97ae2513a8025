package io.flowfi.indexer.xdr;

import static io.flowfi.indexer.xdr.ValueXdr.words;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.flowfi.it.TestAddresses;
import io.flowfi.simulator.ChainValue;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The SDK alone, without our walk before it, which would not let any of this come so far. */
class SecondReadingTest {
  static Stream<byte[]> values() {
    return Stream.of(
        words(1),
        words(0, 1),
        words(14, 0),
        words(16, 1, 1, 15, 0),
        ChainValue.u64(7).xdr(),
        ChainValue.i128(Long.MIN_VALUE).xdr(),
        ChainValue.address(TestAddresses.account(1)).xdr());
  }

  @ParameterizedTest
  @MethodSource("values")
  void shouldTakeWhatTheSdkWritesAsItWas(byte[] xdr) {
    assertThatNoException().isThrownBy(() -> SecondReading.ofValue(xdr));
  }

  static Stream<byte[]> others() {
    byte[] account = ChainValue.address(TestAddresses.account(1)).xdr();
    return Stream.of(
        words(1, 0), // it ignores what is behind a value
        words(0, 2), // and takes 2 for false
        Arrays.copyOf(account, account.length - 4), // and zeros for what is not there
        words(13, 8, 0x01020304));
  }

  @ParameterizedTest
  @MethodSource("others")
  void shouldRefuseWhatTheSdkReadsAsAnotherValue(byte[] xdr) {
    assertThatExceptionOfType(MalformedXdrException.class)
        .isThrownBy(() -> SecondReading.ofValue(xdr))
        .withMessageContaining("the SDK");
  }

  @Test
  void shouldRefuseWhatTheSdkCannotRead() {
    assertThatExceptionOfType(MalformedXdrException.class)
        .isThrownBy(() -> SecondReading.ofValue(words(5, 1)))
        .withMessageContaining("the SDK cannot read it");
    assertThatExceptionOfType(MalformedXdrException.class)
        .as("bytes that have no zeros behind them")
        .isThrownBy(() -> SecondReading.ofValue(words(13, 1, 0x01020304)))
        .withMessageContaining("the SDK cannot read it");
  }
}
