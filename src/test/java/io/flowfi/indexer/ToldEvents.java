package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Fact;
import io.flowfi.payment.Parties;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Events and pages for tests of the rules, in which only their places count. */
final class ToldEvents {
  private static final Address SOMEBODY =
      new Address("GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7");

  private ToldEvents() {}

  /** A withdrawal of stream 1 at a place; the transaction is the only one of its operation. */
  static ReadEvent at(long ledger, int transaction, int event) {
    return at(ledger, transaction, event, 1);
  }

  /**
   * @param amount makes it differ from others
   */
  static ReadEvent at(long ledger, int transaction, int event, long amount) {
    ChainPosition position = new ChainPosition(ledger, transaction, 0, event);
    return told(
        position,
        new StreamFact.Withdrawn(new StreamId(1), Parties.NONE, amount(amount)),
        "tokens_withdrawn");
  }

  /** The same event, told of another transaction. */
  static ReadEvent inAnotherTransaction(ReadEvent event) {
    ChainFact told = event.fact().orElseThrow();
    return new ReadEvent(
        event.id(),
        event.position(),
        Optional.of(
            new ChainFact(
                told.fact(),
                told.position(),
                HexFormat.of().formatHex(sha256("another than " + told.transactionHash())),
                told.closedAt(),
                told.name(),
                told.digest(),
                told.raw())),
        Optional.empty());
  }

  static ReadEvent told(ChainPosition position, Fact fact, String name) {
    ChainFact told =
        new ChainFact(
            fact,
            position,
            HexFormat.of().formatHex(sha256(position.ledger() + " " + position.transaction())),
            1_790_000_000 + 5 * position.ledger(),
            name,
            sha256(fact.toString()),
            Optional.empty());
    return new ReadEvent(
        EventId.of(position).toString(), position, Optional.of(told), Optional.empty());
  }

  static ReadEvent created(ChainPosition position, long stream) {
    return told(
        position,
        new StreamFact.Created(
            new StreamId(stream), SOMEBODY, SOMEBODY, SOMEBODY, amount(1), amount(100), 0, true),
        "stream_created");
  }

  static ReadEvent fee(ChainPosition position, long stream) {
    return told(
        position,
        new StreamFact.FeeCollected(
            new StreamId(stream), Parties.NONE, SOMEBODY, amount(1), SOMEBODY),
        "fee_collected");
  }

  static ReadEvent broken(long ledger, int transaction, int event) {
    ChainPosition position = new ChainPosition(ledger, transaction, 0, event);
    return new ReadEvent(
        EventId.of(position).toString(),
        position,
        Optional.empty(),
        Optional.of(
            new UndecodableEventException("byte 7 is wrong", Optional.of(new StreamId(1)), null)));
  }

  /** A page that ends behind its last event, as far as a ledger. */
  static DecodedPage page(long through, long latest, ReadEvent... events) {
    return page(
        1000, EventId.of(new ChainPosition(through, 0xFFFFF, 0xFFF, 7)).toString(), latest, events);
  }

  /** A full page. */
  static DecodedPage full(long latest, ReadEvent... events) {
    return page(events.length, events[events.length - 1].id(), latest, events);
  }

  static DecodedPage page(int limit, String cursor, long latest, ReadEvent... events) {
    List<RpcEvent> raw = java.util.Collections.nCopies(events.length, raw());
    return new DecodedPage(
        new EventPage(raw, limit, cursor, latest, OptionalLong.of(1), OptionalLong.empty()),
        List.of(events));
  }

  private static RpcEvent raw() {
    return new RpcEvent(
        "",
        RpcEvent.Kind.CONTRACT,
        new ChainPosition(0, 0, 0, 0),
        0,
        "",
        "",
        List.of(),
        new byte[0]);
  }

  private static Amount amount(long value) {
    return new Amount(BigInteger.valueOf(value));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
