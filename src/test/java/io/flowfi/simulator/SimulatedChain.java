package io.flowfi.simulator;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.stellar.sdk.StrKey;

/**
 * A chain with one contract on it. Ledgers are appended and never change. For any number of
 * threads.
 *
 * <pre>{@code
 * SimulatedChain chain = new SimulatedChain();
 * chain.ledger(tx(streamCreated(...)), tx(paused(...)));
 * chain.skip(30_000);
 * }</pre>
 */
public final class SimulatedChain {
  public static final String TESTNET = "Test SDF Network ; September 2015";

  /** Seconds from one ledger to the next. */
  public static final int LEDGER_SECONDS = 5;

  private static final long FIRST_LEDGER = 1_000;
  private static final long FIRST_CLOSE = 1_790_000_000;

  private final String passphrase;
  private final String contractId;
  private final long firstLedger;
  private final List<Long> closedAt = new ArrayList<>(); // of each ledger
  private final List<PlacedEvent> events = new ArrayList<>();
  private final ContractStorage storage = new ContractStorage();

  /** An empty chain of the test network, which has closed ledger 1,000. */
  public SimulatedChain() {
    this(TESTNET, contractNumber(1), FIRST_LEDGER, FIRST_CLOSE);
  }

  /**
   * @param contract its 32 bytes
   * @param firstLedger the oldest ledger that any node can have; it is empty
   * @param firstClose when it closed, in Unix seconds
   */
  public SimulatedChain(String passphrase, byte[] contract, long firstLedger, long firstClose) {
    this.passphrase = passphrase;
    this.contractId = StrKey.encodeContract(contract);
    this.firstLedger = firstLedger;
    closedAt.add(firstClose);
  }

  /** The same network before anything has happened, as after a reset. */
  SimulatedChain anew() {
    return new SimulatedChain(
        passphrase, StrKey.decodeContract(contractId), firstLedger, closeTime(firstLedger));
  }

  /** The 32 bytes of a contract: the same for each number in every run. */
  public static byte[] contractNumber(int number) {
    return sha256("contract " + number);
  }

  public String passphrase() {
    return passphrase;
  }

  /** The contract {@code C...}. */
  public String contractId() {
    return contractId;
  }

  /**
   * Closes a ledger, 5 s after the last one.
   *
   * @return its number
   */
  public synchronized long ledger(SimulatedTransaction... transactions) {
    return ledgerAt(lastClose() + LEDGER_SECONDS, List.of(transactions));
  }

  /**
   * Closes a ledger.
   *
   * @param time in Unix seconds, not before the last one
   * @return its number
   */
  public synchronized long ledgerAt(long time, List<SimulatedTransaction> transactions) {
    if (time < lastClose()) {
      throw new IllegalArgumentException("time goes on");
    }
    closedAt.add(time);
    long ledger = latest();
    int index = 0;
    for (SimulatedTransaction transaction : transactions) {
      if (transaction.index() != 0 && transaction.index() <= index) {
        throw new IllegalArgumentException("transactions are in order");
      }
      index = transaction.index() == 0 ? index + 1 : transaction.index();
      String hash = HexFormat.of().formatHex(sha256(passphrase + " " + ledger + " " + index));
      for (int operation = 0; operation < transaction.operations().size(); operation++) {
        long at = 0;
        for (SimulatedEvent event : transaction.operations().get(operation)) {
          events.add(
              new PlacedEvent(new EventPlace(ledger, index, operation, at++), time, hash, event));
          storage.follow(ledger, time, event);
        }
      }
    }
    return ledger;
  }

  /** Closes empty ledgers; returns the number of the last one. */
  public synchronized long skip(int ledgers) {
    for (int i = 0; i < ledgers; i++) {
      closedAt.add(lastClose() + LEDGER_SECONDS);
    }
    return latest();
  }

  /** The newest ledger. */
  public synchronized long latest() {
    return firstLedger + closedAt.size() - 1;
  }

  public long oldest() {
    return firstLedger;
  }

  /** When a ledger closed, in Unix seconds. */
  public synchronized long closeTime(long ledger) {
    return closedAt.get((int) (ledger - firstLedger));
  }

  /** All events, in the chain's order. */
  public synchronized List<PlacedEvent> events() {
    return List.copyOf(events);
  }

  /** What the contract stores of a stream now. */
  public synchronized Optional<StoredStream> stream(BigInteger id) {
    return storage.stream(id);
  }

  /**
   * Makes the contract store something else than its events tell, or nothing, from the newest
   * ledger on.
   */
  public synchronized void store(BigInteger id, Optional<StoredStream> stream) {
    storage.put(latest(), id, stream);
  }

  synchronized Optional<ContractStorage.Version> streamAsOf(BigInteger id, long ledger) {
    return storage.asOf(id, ledger);
  }

  /**
   * Events of a range.
   *
   * @param from inclusive
   * @param to exclusive
   */
  synchronized List<PlacedEvent> events(EventPlace from, EventPlace to, int limit) {
    int first = indexOf(from);
    return new ArrayList<>(
        events.subList(
            first, Math.min(indexOf(to), (int) Math.min(first + (long) limit, events.size()))));
  }

  /** The place of an event some events earlier. */
  synchronized EventPlace before(EventPlace place, int count) {
    int index = indexOf(place) - count;
    return index < 0 ? place : events.get(index).place();
  }

  private int indexOf(EventPlace place) {
    PlacedEvent wanted = new PlacedEvent(place, 0, "", null);
    int index =
        Collections.binarySearch(
            events, wanted, (one, other) -> one.place().compareTo(other.place()));
    return index < 0 ? -index - 1 : index;
  }

  private long lastClose() {
    return closedAt.get(closedAt.size() - 1);
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
