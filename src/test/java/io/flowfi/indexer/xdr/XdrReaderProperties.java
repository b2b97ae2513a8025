package io.flowfi.indexer.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.flowfi.indexer.xdr.Value.Whole.Kind;
import io.flowfi.it.TestAddresses;
import io.flowfi.simulator.ChainAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Our walk over all values, and over values with broken bytes. */
class XdrReaderProperties {

  @Provide
  Arbitrary<Value> values() {
    return values(3);
  }

  private static Arbitrary<Value> values(int depth) {
    Arbitrary<Value> simple = simple();
    if (depth == 0) {
      return simple;
    }
    Arbitrary<List<Value>> some = Arbitraries.lazy(() -> values(depth - 1)).list().ofMaxSize(6);
    return Arbitraries.oneOf(
        simple, some.map(Value.Vector::new), some.map(XdrReaderProperties::table));
  }

  private static Arbitrary<Value> simple() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    Arbitrary<Value> wholes =
        Arbitraries.of(Kind.values()).flatMap(XdrReaderProperties::whole).map(v -> v);
    Arbitrary<Value> symbols =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withCharRange('A', 'Z')
            .withCharRange('0', '9')
            .withChars('_')
            .ofMaxLength(32)
            .map(Value.Symbol::new);
    return Arbitraries.oneOf(
        wholes,
        symbols,
        addresses(bytes),
        bytes.map(Value.Bytes::new),
        bytes.map(Value.Text::new),
        bytes.map(Value.Tag::new),
        failures(),
        Arbitraries.of(true, false).map(Value.Bool::new),
        Arbitraries.just(Value.Nothing.VOID));
  }

  private static Arbitrary<Value.Whole> whole(Kind kind) {
    BigInteger one = BigInteger.ONE;
    BigInteger least = kind.signed ? one.shiftLeft(kind.bytes * 8 - 1).negate() : BigInteger.ZERO;
    BigInteger most =
        one.shiftLeft(kind.signed ? kind.bytes * 8 - 1 : kind.bytes * 8).subtract(one);
    return Arbitraries.bigIntegers().between(least, most).map(v -> new Value.Whole(kind, v));
  }

  private static Arbitrary<Value> failures() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 9), Arbitraries.integers().between(0, 9))
        .as(Value.Failure::new);
  }

  private static Arbitrary<Value> addresses(Arbitrary<byte[]> bytes) {
    Arbitrary<byte[]> keys = Arbitraries.bytes().array(byte[].class).ofSize(32);
    return Combinators.combine(
            Arbitraries.integers().between(0, 5), keys, Arbitraries.longs(), bytes)
        .as(
            (kind, key, id, any) ->
                new Value.Party(
                    switch (kind) {
                      case 0 -> StrKeys.ACCOUNT.text(key);
                      case 1 -> StrKeys.CONTRACT.text(key);
                      case 2 -> ChainAddress.muxed(TestAddresses.account(any.length), id);
                      case 3 -> ChainAddress.claimableBalance(key);
                      case 4 -> ChainAddress.pool(key);
                      default -> ChainAddress.muxedContract(TestAddresses.contract(1), id);
                    }));
  }

  /** Every second value is a key; a key that comes again is left out. */
  private static Value table(List<Value> values) {
    List<Value.Entry> entries = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i + 1 < values.size(); i += 2) {
      byte[] key = ValueXdr.of(values.get(i));
      if (keys.stream().noneMatch(known -> Arrays.equals(known, key))) {
        keys.add(key);
        entries.add(new Value.Entry(values.get(i), values.get(i + 1)));
      }
    }
    return new Value.Table(entries);
  }

  @Property(tries = 500)
  void shouldReadWhatWasWritten(@ForAll("values") Value value) {
    byte[] xdr = ValueXdr.of(value);
    assertThat(ValueXdr.of(XdrReader.read("value", xdr))).isEqualTo(xdr);
  }

  @Property(tries = 500)
  void shouldReadBrokenBytesAsWhatTheySayOrNotAtAll(
      @ForAll("values") Value value, @ForAll long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      byte[] broken = broken(ValueXdr.of(value), random);
      try {
        XdrReader reader = new XdrReader(broken);
        Value read = reader.value();
        reader.end();
        assertThat(ValueXdr.of(read)).isEqualTo(broken);
        if (!reader.isNewerThanSdk()) {
          assertThatNoException().isThrownBy(() -> SecondReading.ofValue(broken));
        }
      } catch (MalformedXdrException refused) {
        assertThat(refused).hasMessageContaining("byte ");
      }
    }
  }

  @Property(tries = 100)
  void shouldReadNoValueThatIsCutOff(@ForAll("values") Value value) {
    byte[] xdr = ValueXdr.of(value);
    for (int length = 0; length < xdr.length; length++) {
      byte[] cut = Arrays.copyOf(xdr, length);
      assertThatExceptionOfType(MalformedXdrException.class)
          .isThrownBy(() -> XdrReader.read("value", cut));
    }
  }

  private static byte[] broken(byte[] xdr, Random random) {
    byte[] broken = random.nextInt(8) == 0 ? Arrays.copyOf(xdr, random.nextInt(80)) : xdr.clone();
    for (int i = random.nextInt(3); i >= 0 && broken.length > 0; i--) {
      int at = random.nextInt(broken.length);
      broken[at] =
          (byte) (random.nextBoolean() ? random.nextInt(24) : broken[at] ^ 1 << random.nextInt(8));
    }
    return broken;
  }
}
