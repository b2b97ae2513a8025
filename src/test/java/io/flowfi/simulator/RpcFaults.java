package io.flowfi.simulator;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What goes wrong at a node. Each fault is set and taken back at run time; nothing is wrong at
 * first.
 */
public final class RpcFaults {
  /** An answer that is none. */
  public enum Failure {
    /** 429, with {@code Retry-After} if it is set. */
    TOO_MANY_REQUESTS,
    /** 503 without a body, as the node answers when its queue is full. */
    UNAVAILABLE,
    /** 504 without a body, as the node answers when a request took too long. */
    GATEWAY_TIMEOUT,
    /** 200 with a page for people, as a portal before the node answers. */
    HTML,
    /** No answer at all until the fault is taken back. */
    HANG,
    /** Half of the answer, then the connection ends. */
    CUT_BODY,
    /** 200 and half of the answer, complete as HTTP. */
    CUT_JSON,
    /** 200 and nothing. */
    EMPTY_BODY,
    /** {@code -32603}: the node has no data. */
    INTERNAL_ERROR,
    /** {@code -32600} with a fault of its database. */
    DATABASE_ERROR,
    /** The connection ends before an answer. */
    DROP
  }

  /** What this node tells of one event, in place of the truth. */
  public record Tampering(SimulatedEvent event, Optional<String> transactionHash) {}

  private Failure failure;
  private int failures;
  private int retryAfter;
  private int lag;
  private Long oldest;
  private String passphrase;
  private int greatestLimit = Integer.MAX_VALUE;
  private boolean emptyPages;
  private boolean unhealthy;
  private boolean archived;
  private int overlap;
  private int repeats;
  private boolean twice;
  private long delayMillis;
  private final Map<String, Tampering> tampered = new ConcurrentHashMap<>();

  RpcFaults() {}

  /** Takes everything back. */
  public synchronized void clear() {
    failure = null;
    retryAfter = 0;
    lag = 0;
    oldest = null;
    passphrase = null;
    greatestLimit = Integer.MAX_VALUE;
    emptyPages = false;
    unhealthy = false;
    archived = false;
    overlap = 0;
    repeats = 0;
    twice = false;
    delayMillis = 0;
    tampered.clear();
    notifyAll();
  }

  /** Every answer fails. */
  public void fail(Failure how) {
    fail(how, Integer.MAX_VALUE);
  }

  /** The next answers fail. */
  public synchronized void fail(Failure how, int times) {
    failure = how;
    failures = times;
    notifyAll();
  }

  /**
   * @param seconds of {@code Retry-After}; 0: none
   */
  public synchronized void retryAfter(int seconds) {
    retryAfter = seconds;
  }

  /** The node is so many ledgers behind. */
  public synchronized void lag(int ledgers) {
    lag = ledgers;
  }

  /** The node has lost everything before this ledger; 0 gives it back. */
  public synchronized void oldest(long ledger) {
    oldest = ledger == 0 ? null : ledger;
  }

  /** The node serves another network. */
  public synchronized void passphrase(String other) {
    passphrase = other;
  }

  /** {@code -32001} for {@code getEvents} with a greater limit. */
  public synchronized void greatestLimit(int limit) {
    greatestLimit = limit;
  }

  /** 200 and an empty page for a cursor out of retention, in place of the error. */
  public synchronized void emptyPages(boolean on) {
    emptyPages = on;
  }

  /** {@code getHealth} says that the node stands still. */
  public synchronized void unhealthy(boolean on) {
    unhealthy = on;
  }

  /** Entries are archived: {@code liveUntilLedgerSeq} 0. */
  public synchronized void archived(boolean on) {
    archived = on;
  }

  /** Pages after a cursor begin so many events before it; keep it below the limit. */
  public synchronized void overlap(int events) {
    overlap = events;
  }

  /** The next pages are the last one again, whatever was asked for. */
  public synchronized void repeat(int pages) {
    repeats = pages;
  }

  /** Each event of a page is in it twice. */
  public synchronized void twice(boolean on) {
    twice = on;
  }

  /** Every answer takes so long. */
  public synchronized void delay(long millis) {
    delayMillis = millis;
  }

  /**
   * This node tells of another event at a place; of garbage, with {@code event.withValue(bytes)}.
   */
  public void tamper(String id, SimulatedEvent event) {
    tampered.put(id, new Tampering(event, Optional.empty()));
  }

  /** This node tells of another transaction at a place. */
  public void tamper(PlacedEvent placed, String transactionHash) {
    tampered.put(placed.id(), new Tampering(placed.event(), Optional.of(transactionHash)));
  }

  public void mend(String id) {
    tampered.remove(id);
  }

  /** Whether pages are as they should be, as far as the node has ledgers: it may lag. */
  synchronized boolean leavePagesAlone() {
    return oldest == null
        && !emptyPages
        && overlap == 0
        && repeats == 0
        && !twice
        && tampered.isEmpty();
  }

  Optional<Tampering> tampering(String id) {
    return tampered.isEmpty() ? Optional.empty() : Optional.ofNullable(tampered.get(id));
  }

  synchronized Optional<Failure> nextFailure() {
    if (failure == null || failures == 0) {
      return Optional.empty();
    }
    failures--;
    return Optional.of(failure);
  }

  /** Waits until no answer is to hang any more, at most a minute. */
  synchronized void hang() throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    for (long left; failure == Failure.HANG && (left = end - System.nanoTime()) > 0; ) {
      wait(left / 1_000_000 + 1);
    }
  }

  synchronized int retryAfter() {
    return retryAfter;
  }

  synchronized int lag() {
    return lag;
  }

  synchronized long oldestOr(long truth) {
    return oldest == null ? truth : Math.max(truth, oldest);
  }

  synchronized String passphraseOr(String truth) {
    return passphrase == null ? truth : passphrase;
  }

  synchronized int greatestLimit() {
    return greatestLimit;
  }

  synchronized boolean emptyPages() {
    return emptyPages;
  }

  synchronized boolean unhealthy() {
    return unhealthy;
  }

  synchronized boolean archived() {
    return archived;
  }

  synchronized int overlap() {
    return overlap;
  }

  synchronized boolean takeRepeat() {
    return repeats > 0 && repeats-- > 0;
  }

  synchronized boolean twice() {
    return twice;
  }

  synchronized long delayMillis() {
    return delayMillis;
  }
}
