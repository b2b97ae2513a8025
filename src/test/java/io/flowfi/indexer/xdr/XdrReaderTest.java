package io.flowfi.indexer.xdr;

import static io.flowfi.indexer.xdr.ValueXdr.joined;
import static io.flowfi.indexer.xdr.ValueXdr.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.flowfi.indexer.xdr.Value.Whole.Kind;
import io.flowfi.it.TestAddresses;
import io.flowfi.simulator.ChainAddress;
import io.flowfi.simulator.ChainValue;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class XdrReaderTest {
  private static final BigInteger I128_MAX = BigInteger.ONE.shiftLeft(127).subtract(BigInteger.ONE);
  private static final BigInteger U64_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final byte[] LARGEST = words(0x7fffffff);
  private static final byte[] NEGATIVE = words(-1);

  static Stream<Arguments> integers() {
    return Stream.of(
        Arguments.of(ChainValue.u32(0xffffffffL), Kind.U32, BigInteger.valueOf(0xffffffffL)),
        Arguments.of(ChainValue.u64(U64_MAX), Kind.U64, U64_MAX),
        Arguments.of(ChainValue.u64(1), Kind.U64, BigInteger.ONE),
        Arguments.of(new ChainValue(words(4, -7), "-7"), Kind.I32, BigInteger.valueOf(-7)),
        Arguments.of(new ChainValue(words(6, -1, -7), "-7"), Kind.I64, BigInteger.valueOf(-7)),
        Arguments.of(ChainValue.i128(I128_MAX), Kind.I128, I128_MAX),
        Arguments.of(ChainValue.i128(-1), Kind.I128, BigInteger.ONE.negate()),
        Arguments.of(ChainValue.i128(I128_MAX.not()), Kind.I128, I128_MAX.not()));
  }

  @ParameterizedTest
  @MethodSource("integers")
  void shouldReadIntegersExactly(ChainValue written, Kind kind, BigInteger value) {
    assertThat(read(written.xdr())).isEqualTo(new Value.Whole(kind, value));
  }

  static Stream<String> addresses() {
    byte[] hash = new byte[32];
    Arrays.fill(hash, (byte) 0xa5);
    return Stream.of(
        TestAddresses.account(1),
        TestAddresses.contract(1),
        ChainAddress.muxed(TestAddresses.account(1), -1),
        ChainAddress.muxedContract(TestAddresses.contract(1), 7),
        ChainAddress.claimableBalance(hash),
        ChainAddress.pool(hash));
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void shouldReadEveryKindOfAddress(String address) {
    assertThat(read(ChainValue.address(address).xdr())).isEqualTo(new Value.Party(address));
  }

  /** The SDK alone does not. */
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15})
  void shouldReadWhatEndsWithAnEmptyString(int kind) {
    byte[] xdr = words(16, 1, 1, kind, 0);
    assertThat(ValueXdr.of(read(xdr))).isEqualTo(xdr);
  }

  static Stream<Arguments> broken() {
    byte[] a = ValueXdr.of(new Value.Symbol("a"));
    byte[] key = new byte[32];
    return Stream.of(
        Arguments.of("byte 0: there is no value of kind 23", words(23)),
        Arguments.of("byte 0: there is no value of kind 19", words(19, 0, 0)),
        Arguments.of("byte 0: there is no value of kind -1", NEGATIVE),
        Arguments.of("byte 4: a boolean is 2", words(0, 2)),
        Arguments.of("byte 4: there is no error of type 10", words(2, 10, 0)),
        Arguments.of("byte 8: there is no error of code 10", words(2, 1, 10)),
        Arguments.of("byte 4: there is no address of kind 6", joined(words(18, 6), key)),
        Arguments.of("the kind of an account's key is 1, not 0", joined(words(18, 0, 1), key)),
        Arguments.of(
            "the version of a claimable balance's id is 1, not 0", joined(words(18, 3, 1), key)),
        Arguments.of("byte 4: the mark that a vector or a map is there is 0", words(16, 0)),
        Arguments.of("the mark that a vector or a map is there is 2, not 1", words(17, 2, 0)),
        Arguments.of("byte 8: 1 bytes are left behind", joined(words(0, 1), new byte[1])),
        Arguments.of("byte 4: 5 bytes are declared", words(13, 5, 0)),
        Arguments.of("byte 4: 2147483647 bytes are declared", joined(words(13), LARGEST)),
        Arguments.of("byte 4: 4294967295 bytes are declared", joined(words(14), NEGATIVE)),
        Arguments.of("byte 8: 2147483647 elements", joined(words(16, 1), LARGEST)),
        Arguments.of("byte 8: 4294967295 elements", joined(words(17, 1), NEGATIVE)),
        Arguments.of("byte 8: 2 elements do not fit", words(17, 1, 2, 1, 1, 1)),
        Arguments.of("byte 9: the padding is not zero", words(13, 1, 0x01010000)),
        Arguments.of("byte 11: the padding is not zero", words(15, 1, 'a' << 24 | 1)),
        Arguments.of("a symbol has a character", words(15, 1, '-' << 24)),
        Arguments.of("a symbol has a character", words(15, 1, 0x80 << 24)),
        Arguments.of("a symbol is longer than 32", joined(words(15, 33), symbolBytes(33))),
        Arguments.of(
            "byte 28: a map has the same key twice",
            joined(words(17, 1, 2), a, words(1), a, words(1))));
  }

  /** Those of type 0 are the contract's own, of any number. */
  @Test
  void shouldReadErrorsOfTheContractsOwn() {
    assertThat(read(words(2, 0, 10))).isEqualTo(new Value.Failure(0, 10));
    assertThat(read(words(2, 0, -1))).isEqualTo(new Value.Failure(0, 0xffffffffL));
  }

  private static byte[] symbolBytes(int length) {
    byte[] bytes = new byte[length + 3 & ~3];
    Arrays.fill(bytes, 0, length, (byte) 'a');
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("broken")
  void shouldSayWhatIsWrongAndWhere(String reason, byte[] xdr) {
    assertMalformed(() -> read(xdr), reason);
  }

  @Test
  void shouldTakeAKeyAgainInAnotherMap() {
    Value.Table inner =
        new Value.Table(List.of(new Value.Entry(new Value.Symbol("a"), Value.Nothing.VOID)));
    Value.Table outer = new Value.Table(List.of(new Value.Entry(new Value.Symbol("a"), inner)));
    assertThat(read(ValueXdr.of(outer))).isEqualTo(outer);
  }

  @Test
  void shouldFollowNestedValuesOnlySoDeep() {
    assertThat(read(nested(XdrReader.MAX_DEPTH))).isInstanceOf(Value.Vector.class);
    assertMalformed(() -> read(nested(XdrReader.MAX_DEPTH + 1)), "nested more than 100 deep");
    assertMalformed(() -> read(nested(20_000)), "nested more than 100 deep");
  }

  /** Deep is what is around a value, not what came before it. */
  @Test
  void shouldReadAnyNumberOfValuesBesideEachOther() {
    int many = 3 * XdrReader.MAX_DEPTH;
    for (Value each : List.of(new Value.Vector(List.of()), new Value.Table(List.of()))) {
      Value.Vector all = new Value.Vector(Collections.nCopies(many, each));
      assertThat(read(ValueXdr.of(all))).isEqualTo(all);
    }
  }

  @Test
  void shouldReadOnlySoManyBytes() {
    byte[] large = ValueXdr.of(new Value.Bytes(new byte[XdrReader.MAX_BYTES - 8]));
    assertThat(read(large)).isInstanceOf(Value.Bytes.class);
    byte[] larger = ValueXdr.of(new Value.Bytes(new byte[XdrReader.MAX_BYTES]));
    assertMalformed(() -> read(larger), "more than 262144");
  }

  /** What is reserved depends on the bytes that are there, not on what they declare. */
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 22})
  void shouldReserveNothingForADeclaredLength(int kind) {
    byte[] xdr =
        kind == 16 || kind == 17 ? words(kind, 1, 0x3fffffff, 1, 1) : words(kind, 0x3fffffff, 0, 0);
    assertMalformed(() -> read(xdr), "byte ");
    long before = allocated();
    assertMalformed(() -> read(xdr), "byte ");
    assertThat(allocated() - before).isLessThan(200_000);
  }

  @Test
  void shouldReserveInProportionToTheBytes() {
    List<Value> nothing = new ArrayList<>();
    for (int i = 0; i < XdrReader.MAX_BYTES / 4 - 3; i++) {
      nothing.add(Value.Nothing.VOID);
    }
    byte[] many = ValueXdr.of(new Value.Vector(nothing));
    read(many);
    long before = allocated();
    read(many);
    assertThat(allocated() - before).isLessThan(100L * XdrReader.MAX_BYTES);
  }

  private static byte[] nested(int depth) {
    byte[][] vectors = new byte[depth + 1][];
    Arrays.fill(vectors, words(16, 1, 1));
    vectors[depth] = words(1);
    return joined(vectors);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static Value read(byte[] xdr) {
    return XdrReader.read("value", xdr);
  }

  private static void assertMalformed(ThrowingCallable reading, String reason) {
    assertThatExceptionOfType(MalformedXdrException.class)
        .isThrownBy(reading)
        .withMessageContaining("value, ")
        .withMessageContaining(reason);
  }
}
