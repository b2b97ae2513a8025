package io.flowfi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stellar.sdk.xdr.SCVal;

class ContractEventsTest {
  static Stream<SimulatedEvent> events() {
    return EveryEvent.all().stream();
  }

  @ParameterizedTest
  @MethodSource("events")
  void shouldBeWhatTheSdkWrites(SimulatedEvent event) throws Exception {
    for (ChainValue topic : event.topics()) {
      assertThat(SCVal.fromXdrByteArray(topic.xdr()).toXdrByteArray()).isEqualTo(topic.xdr());
    }
    byte[] value = event.value().xdr();
    assertThat(SCVal.fromXdrByteArray(value).toXdrByteArray()).isEqualTo(value);
  }

  /** Texts of {@code SEP-23}. */
  @Test
  void shouldKnowAddressesThatAreNewerThanTheSdk() {
    String account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ";
    String contract = "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE";
    byte[] hash =
        HexFormat.of().parseHex("3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a");

    assertThat(ChainAddress.muxed(account, Long.MIN_VALUE))
        .isEqualTo("MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK");
    assertThat(ChainAddress.claimableBalance(hash))
        .isEqualTo("BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TU");
    assertThat(ChainAddress.pool(hash))
        .isEqualTo("LA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUPJN");
    assertThat(ChainAddress.muxedContract(contract, 123_456))
        .isEqualTo("WA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAAAAAAAAAPCIA6IG");
    assertThat(ChainAddress.xdr(account)).hasSize(40);
  }

  @ParameterizedTest
  @MethodSource("events")
  void shouldBecomeHostileInManyWays(SimulatedEvent event) {
    byte[] valid = event.value().xdr();

    Set<String> names = new HashSet<>();
    for (HostileXdr hostile : HostileXdr.of(valid)) {
      assertThat(hostile.xdr()).as(hostile.what()).isNotEqualTo(valid);
      names.add(hostile.what());
    }
    assertThat(names).hasSizeGreaterThan(valid.length + 10);
    assertThat(HostileXdr.prefixes(valid)).hasSize(valid.length);
    assertThat(Arrays.copyOf(valid, 0)).isEqualTo(HostileXdr.prefixes(valid).get(0).xdr());
  }
}
