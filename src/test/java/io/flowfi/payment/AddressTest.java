package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flowfi.it.TestAddresses;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.StrKey;

class AddressTest {
  /** SEP-23's own examples. */
  private static final String ACCOUNT = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ";

  private static final String CONTRACT = "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE";
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  @Test
  void shouldReadAccountsAndContracts() {
    assertThat(Address.parse("sender", ACCOUNT))
        .hasToString(ACCOUNT)
        .matches(address -> !address.isContract());
    assertThat(Address.parse("tokenAddress", CONTRACT))
        .hasToString(CONTRACT)
        .matches(Address::isContract);
    assertThat(Address.parse("users", TestAddresses.account(1)).strKey())
        .isEqualTo(TestAddresses.account(1));
  }

  /** The muxed account is SEP-23's example; the muxed contract has the same bytes but its kind. */
  @Test
  void shouldBeKnownToSubscribersByItsBase() {
    Address muxed =
        new Address("MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK");
    assertThat(muxed.key()).isEqualTo(new Address(ACCOUNT));
    assertThat(new Address("W" + muxed.strKey().substring(1)).key())
        .isEqualTo(new Address(StrKey.encodeContract(StrKey.decodeEd25519PublicKey(ACCOUNT))));
    for (String own : List.of(ACCOUNT, CONTRACT, "", "L" + muxed.strKey().substring(1))) {
      assertThat(new Address(own).key()).isEqualTo(new Address(own));
    }
    assertThat(Address.UNKNOWN.isUnknown()).isTrue();
    assertThat(Address.UNKNOWN.isContract()).isFalse();
  }

  static Stream<String> malformed() {
    return Stream.of(
        ACCOUNT.substring(0, 55),
        ACCOUNT + "A",
        " " + ACCOUNT,
        ACCOUNT.substring(0, 55) + "\n",
        ACCOUNT.toLowerCase(Locale.ROOT),
        ACCOUNT.substring(0, 55) + "z",
        // outside the alphabet: 0, 1, 8 and 9 look like letters, padding is never written
        ACCOUNT.substring(0, 30) + "0" + ACCOUNT.substring(31),
        ACCOUNT.substring(0, 30) + "1" + ACCOUNT.substring(31),
        ACCOUNT.substring(0, 30) + "8" + ACCOUNT.substring(31),
        ACCOUNT.substring(0, 55) + "=",
        ACCOUNT.substring(0, 30) + "Ä" + ACCOUNT.substring(31),
        // right letter, wrong version byte, checksum right: 0x31 also begins with G, 0x11 with C
        strKey(0x31),
        strKey(0x11),
        // the payload of one kind under the letter of the other
        "C" + ACCOUNT.substring(1),
        "G" + CONTRACT.substring(1),
        // other kinds of StrKey
        new String(KeyPair.random().getSecretSeed()),
        "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
        StrKey.encodePreAuthTx(new byte[32]),
        StrKey.encodeSha256Hash(new byte[32]));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"G", "alice", "GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG"})
  @MethodSource("malformed")
  void shouldRefuseEverythingElseAndNameTheField(String text) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Address.parse("recipient", text))
        .withMessageStartingWith("recipient must be a Stellar account")
        .satisfies(e -> assertThat(e.field()).isEqualTo("recipient"));
  }

  @Test
  void shouldNoticeEverySingleWrongCharacter() {
    for (int at = 0; at < 56; at++) {
      for (char other : BASE32.toCharArray()) {
        if (other != ACCOUNT.charAt(at)) {
          String wrong = ACCOUNT.substring(0, at) + other + ACCOUNT.substring(at + 1);
          assertThatExceptionOfType(InvalidValueException.class)
              .isThrownBy(() -> Address.parse("sender", wrong));
        }
      }
    }
  }

  /**
   * A StrKey of 32 bytes with this version byte and a right checksum: CRC16-XModem, least byte
   * first.
   */
  private static String strKey(int version) {
    ByteBuffer data = ByteBuffer.allocate(35).put((byte) version).put(new byte[32]);
    int crc = 0;
    for (int i = 0; i < 33; i++) {
      crc ^= (data.get(i) & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
      }
    }
    data.put((byte) crc).put((byte) (crc >> 8));
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 280; bit += 5) {
      int value = 0;
      for (int i = bit; i < bit + 5; i++) {
        value = value << 1 | data.get(i / 8) >> 7 - i % 8 & 1;
      }
      text.append(BASE32.charAt(value));
    }
    return text.toString();
  }

  @Test
  void shouldBuildItsOwnWrongVersionsRight() {
    assertThat(strKey(6 << 3)).isEqualTo(StrKey.encodeEd25519PublicKey(new byte[32]));
    assertThat(strKey(0x31)).startsWith("G");
    assertThat(strKey(0x11)).startsWith("C");
  }

  @Test
  void shouldSortByText() {
    assertThat(Address.parse("a", CONTRACT)).isLessThan(Address.parse("a", ACCOUNT));
  }
}
