package io.flowfi.ledger;

import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Fact;
import io.flowfi.payment.Parties;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Facts of a chain that has one transaction a ledger. */
public final class ChainFixture {
  public static final String HASH = "0123456789abcdef".repeat(4);
  public static final Address SENDER = LedgerFixture.account(7);
  public static final Address RECIPIENT = LedgerFixture.account(8);
  public static final long CLOSED_AT = LedgerFixture.START;

  private ChainFixture() {}

  /**
   * @param ledger its number; it closed as many seconds after {@link #CLOSED_AT}
   */
  public static ChainFact fact(long ledger, Fact fact) {
    byte[] digest = ByteBuffer.allocate(32).putLong(ledger).putInt(fact.hashCode()).array();
    Optional<String> raw =
        fact instanceof StreamFact.Changed ? Optional.of("[\"raw\"]") : Optional.empty();
    return new ChainFact(
        fact,
        new ChainPosition(ledger, 1, 0, 0),
        HASH,
        CLOSED_AT + ledger,
        fact.type().wireName().replace('.', '_'),
        digest,
        raw);
  }

  /** The cursor once a ledger has been read; empty for ledger 0. */
  public static Optional<ChainCursor> cursor(long ledger) {
    return ledger == 0
        ? Optional.empty()
        : Optional.of(
            new ChainCursor(
                Optional.of(new ChainPosition(ledger, 1, 0, 0)),
                Optional.of("token" + ledger),
                ledger,
                ledger + 9,
                1));
  }

  /** Facts of ledgers one after the other, the first of them {@code from}. */
  public static ChainFacts page(long from, Fact... facts) {
    List<ChainFact> all = new ArrayList<>();
    for (Fact fact : facts) {
      all.add(fact(from + all.size(), fact));
    }
    return new ChainFacts(cursor(from - 1), List.of(), all, cursor(from + facts.length - 1));
  }

  public static StreamFact.Created created(long id) {
    return created(id, SENDER, RECIPIENT);
  }

  public static StreamFact.Created created(long id, Address sender, Address recipient) {
    return new StreamFact.Created(
        new StreamId(id),
        sender,
        recipient,
        LedgerFixture.TOKEN,
        Amount.of(10),
        Amount.of(1_000_000),
        CLOSED_AT,
        true);
  }

  public static StreamFact.Withdrawn withdrawn(long id) {
    return new StreamFact.Withdrawn(new StreamId(id), Parties.ofRecipient(RECIPIENT), Amount.of(1));
  }

  public static StreamFact.Changed changed(long id) {
    return new StreamFact.Changed(
        new StreamId(id), Parties.NONE, "dispute_requested", "{\"by\":null}");
  }
}
