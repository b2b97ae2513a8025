package io.flowfi.payment;

import io.flowfi.it.TestAddresses;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Streams and commands for tests; the addresses are the same in every run. */
public final class StreamFixture {
  public static final Address SENDER = new Address(TestAddresses.account(1));
  public static final Address RECIPIENT = new Address(TestAddresses.account(2));
  public static final Address TOKEN = new Address(TestAddresses.contract(3));
  public static final StreamId ID = new StreamId(7);

  private StreamFixture() {}

  public static StreamCommand.Create create(long rate, long deposit, long startTime) {
    return create(BigInteger.valueOf(rate), BigInteger.valueOf(deposit), startTime);
  }

  static StreamCommand.Create create(BigInteger rate, BigInteger deposit, long startTime) {
    return new StreamCommand.Create(
        Optional.empty(),
        SENDER,
        RECIPIENT,
        TOKEN,
        new Amount(rate),
        new Amount(deposit),
        startTime,
        Optional.empty());
  }

  /** A stream created at its start time. */
  static PaymentStream active(long rate, long deposit, long startTime) {
    return last(StreamRules.create(ID, create(rate, deposit, startTime), startTime));
  }

  static PaymentStream last(List<StreamEvent> events) {
    return events.get(events.size() - 1).after();
  }

  /**
   * A stream in this status at second 50: started at 0, 10 a second out of 1000, nothing withdrawn
   * before the end.
   */
  static PaymentStream in(StreamStatus status) {
    PaymentStream active = active(10, 1000, 0);
    return switch (status) {
      case ACTIVE -> active;
      case PAUSED -> last(StreamRules.apply(active, pause(), 50));
      case CANCELLED -> last(StreamRules.apply(active, cancel(), 50));
      case COMPLETED -> last(StreamRules.apply(active, withdraw(), 100));
    };
  }

  static StreamCommand.TopUp topUp(long amount) {
    return new StreamCommand.TopUp(ID, Amount.of(amount), Optional.empty());
  }

  static StreamCommand.Withdraw withdraw() {
    return new StreamCommand.Withdraw(ID, Optional.empty(), Optional.empty());
  }

  static StreamCommand.Withdraw withdraw(long amount) {
    return new StreamCommand.Withdraw(ID, Optional.of(Amount.of(amount)), Optional.empty());
  }

  static StreamCommand.Pause pause() {
    return new StreamCommand.Pause(ID, Optional.empty());
  }

  static StreamCommand.Resume resume() {
    return new StreamCommand.Resume(ID, Optional.empty());
  }

  static StreamCommand.Cancel cancel() {
    return new StreamCommand.Cancel(ID, Optional.empty());
  }

  /** To compare with the permitted subtypes of a sealed type. */
  public static Set<Class<?>> kindsOf(Collection<?> values) {
    Set<Class<?>> kinds = new HashSet<>();
    values.forEach(value -> kinds.add(value.getClass()));
    return kinds;
  }

  static OptionalLong at(long second) {
    return OptionalLong.of(second);
  }
}
