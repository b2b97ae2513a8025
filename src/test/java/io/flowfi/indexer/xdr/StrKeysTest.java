package io.flowfi.indexer.xdr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stellar.sdk.StrKey;

/** The valid test cases of SEP-23. */
class StrKeysTest {
  private static final byte[] KEY =
      HexFormat.of().parseHex("3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a");

  @ParameterizedTest
  @CsvSource({
    "ACCOUNT, GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
    "CONTRACT, CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA",
    "LIQUIDITY_POOL, LA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUPJN"
  })
  void shouldWriteAKey(StrKeys kind, String text) {
    assertThat(kind.text(KEY)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "MUXED_ACCOUNT, 0, MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
    "MUXED_ACCOUNT, 9223372036854775808,"
        + " MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK",
    "MUXED_CONTRACT, 0, WA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAAAWWC",
    "MUXED_CONTRACT, 9223372036854775808,"
        + " WA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAACWJY"
  })
  void shouldWriteAKeyWithAnId(StrKeys kind, String id, String text) {
    assertThat(kind.text(KEY, eightBytes(id))).isEqualTo(text);
  }

  @Test
  void shouldWriteAMuxedContractOfAnyId() {
    byte[] contract =
        StrKey.decodeContract("CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE");
    assertThat(StrKeys.MUXED_CONTRACT.text(contract, eightBytes("123456")))
        .isEqualTo("WA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAAAAAAAAAPCIA6IG");
  }

  @Test
  void shouldWriteAClaimableBalanceWithItsVersion() {
    assertThat(StrKeys.CLAIMABLE_BALANCE.text(new byte[1], KEY))
        .isEqualTo("BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TU");
  }

  private static byte[] eightBytes(String id) {
    return ByteBuffer.allocate(8).putLong(Long.parseUnsignedLong(id)).array();
  }
}
