package io.flowfi.indexer.xdr;

import static io.flowfi.indexer.xdr.EventFixture.rpc;
import static io.flowfi.indexer.xdr.ValueXdr.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.flowfi.indexer.EventDecoder;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.UndecodableEventException;
import io.flowfi.it.TestAddresses;
import io.flowfi.simulator.ChainAddress;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.SimulatedEvent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stellar.sdk.xdr.SCVal;

/**
 * The SDK alone, without our walk before it, which would not let any of this come so far; and that
 * our walk never decides alone.
 */
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

  static Stream<ChainValue> topicsAndValues() {
    return EveryEvent.all().stream()
        .flatMap(
            (SimulatedEvent event) ->
                Stream.concat(event.topics().stream(), Stream.of(event.value())));
  }

  @ParameterizedTest
  @MethodSource("topicsAndValues")
  void shouldReadNothingThatTheSdkHasNotReadToo(ChainValue value) {
    EventDecoder decoder = SdkWithout.decoder(SCVal.class);
    assertNeedsTheSdk(decoder, rpc(List.of(), value));
    ChainValue newer = ChainValue.address(ChainAddress.muxed(TestAddresses.account(1), 7));
    assertNeedsTheSdk(decoder, rpc(List.of(value), newer));
    assertThat(decoder.decode(rpc(List.of(newer), newer)).fact())
        .as("it does not know such addresses")
        .isNotNull();
  }

  private static void assertNeedsTheSdk(EventDecoder decoder, RpcEvent event) {
    assertThatExceptionOfType(UndecodableEventException.class)
        .isThrownBy(() -> decoder.decode(event))
        .withCauseInstanceOf(NoClassDefFoundError.class);
  }
}
