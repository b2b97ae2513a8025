package io.flowfi.indexer.xdr;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.indexer.xdr.Value.Whole.Kind;
import io.flowfi.it.TestAddresses;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValueJsonTest {
  static Stream<Arguments> values() {
    String account = TestAddresses.account(1);
    return Stream.of(
        Arguments.of(Value.Nothing.VOID, "null"),
        Arguments.of(new Value.Bool(true), "true"),
        Arguments.of(whole(Kind.U32, 0xffffffffL), "4294967295"),
        Arguments.of(whole(Kind.I32, -1), "-1"),
        Arguments.of(whole(Kind.U64, 7), "'7'"),
        Arguments.of(whole(Kind.TIMEPOINT, 7), "'7'"),
        Arguments.of(
            new Value.Whole(Kind.I128, BigInteger.ONE.shiftLeft(127).negate()),
            "'-170141183460469231731687303715884105728'"),
        Arguments.of(new Value.Bytes(new byte[] {0, -1}), "'00ff'"),
        Arguments.of(new Value.Symbol("a_1"), "'a_1'"),
        Arguments.of(text("\u00e4 \u0001"), "'\u00e4 \\u0001'"),
        Arguments.of(new Value.Tag(new byte[] {'v', '1'}), "'v1'"),
        Arguments.of(new Value.Text(new byte[] {-1}), "'\ufffd'"),
        Arguments.of(new Value.Party(account), "'" + account + "'"),
        Arguments.of(new Value.Failure(0, 0xffffffffL), "{'error':{'type':0,'code':4294967295}}"),
        Arguments.of(
            new Value.Vector(List.of(Value.Nothing.VOID, new Value.Vector(List.of()))),
            "[null,[]]"),
        Arguments.of(table(), "{}"),
        Arguments.of(
            table(new Value.Symbol("b"), new Value.Bool(false), text("a"), table()),
            "{'b':false,'a':{}}"),
        // as text the keys would be the same
        Arguments.of(
            table(new Value.Symbol("a"), new Value.Bool(false), text("a"), Value.Nothing.VOID),
            "[['a',false],['a',null]]"),
        Arguments.of(
            table(whole(Kind.U32, 1), text("a"), text("b"), text("c")), "[[1,'a'],['b','c']]"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void shouldWriteEveryValueInItsWay(Value value, String json) {
    assertThat(ValueJson.of(value)).isEqualTo(json.replace('\'', '"'));
  }

  private static Value whole(Kind kind, long value) {
    return new Value.Whole(kind, BigInteger.valueOf(value));
  }

  private static Value text(String text) {
    return new Value.Text(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Value table(Value... keysAndValues) {
    return new Value.Table(
        Stream.iterate(0, i -> i + 2)
            .limit(keysAndValues.length / 2)
            .map(i -> Arrays.asList(keysAndValues).subList(i, i + 2))
            .map(pair -> new Value.Entry(pair.get(0), pair.get(1)))
            .toList());
  }
}
