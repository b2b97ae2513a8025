package io.flowfi.store;

import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.Receipt;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * Plays random commands and keeps the ledger's results: every state in an answer, every event for
 * its listener. Reads of the store must agree with that. Used by one thread at a time.
 */
final class RandomHistory {
  static final List<Address> USERS =
      IntStream.range(0, 12).mapToObj(LedgerFixture::account).toList();
  static final List<Address> TOKENS =
      List.of(LedgerFixture.TOKEN, new Address(TestAddresses.contract(1)));

  private static final BigInteger LARGE = BigInteger.TEN.pow(38);

  /** Many commands share a second and a transaction, as under load. */
  static final int AT_ONCE = 40;

  private final LedgerFixture fixture;
  private final Random random;
  private final List<StoredStream> states = new ArrayList<>();
  private final Map<StreamId, StoredStream> latest = new LinkedHashMap<>();
  private final List<StreamId> ids = new ArrayList<>();
  private final Set<Class<?>> kinds = new HashSet<>();

  RandomHistory(LedgerFixture fixture, long seed) {
    this.fixture = fixture;
    this.random = new Random(seed);
  }

  /** Every event, in the order of the log, as the listener got it. */
  List<LoggedEvent> log() {
    return List.copyOf(fixture.heard);
  }

  /** Every state that a command left, in the order of the log. */
  List<StoredStream> states() {
    return List.copyOf(states);
  }

  /** The present state of every stream, in the order of creation. */
  Collection<StoredStream> streams() {
    return List.copyOf(latest.values());
  }

  /** The kinds of commands that were played. */
  Set<Class<?>> kinds() {
    return Set.copyOf(kinds);
  }

  long now() {
    return fixture.now.get();
  }

  void play(int commands) {
    for (int played = 0; played < commands; played += AT_ONCE) {
      List<CompletableFuture<Receipt>> answers = new ArrayList<>();
      for (int i = 0; i < Math.min(AT_ONCE, commands - played); i++) {
        StreamCommand command = command();
        kinds.add(command.getClass());
        answers.add(fixture.ledger.submit(CommandRequest.of(command)).toCompletableFuture());
      }
      answers.forEach(this::keep);
      fixture.now.addAndGet(random.nextInt(20));
    }
  }

  private void keep(CompletableFuture<Receipt> answer) {
    try {
      Receipt receipt = answer.join();
      StreamId id = receipt.stream().id();
      LogPosition last = receipt.events().get(receipt.events().size() - 1).position();
      StoredStream before = latest.get(id);
      StoredStream row =
          new StoredStream(receipt.stream(), before == null ? last : before.created(), last);
      states.add(row);
      latest.put(id, row);
      if (before == null) {
        ids.add(id);
      }
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof CommandRejectedException)) {
        throw e;
      }
      // as a caller would: nothing has changed
    }
  }

  private StreamCommand command() {
    if (ids.isEmpty() || random.nextInt(100) < 12) {
      return create();
    }
    StreamId id = ids.get(random.nextInt(ids.size()));
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> new StreamCommand.TopUp(id, amount(), Optional.empty());
      case 4, 5 -> new StreamCommand.Withdraw(id, Optional.empty(), Optional.empty());
      case 6, 7 ->
          new StreamCommand.Withdraw(
              id, Optional.of(Amount.of(1 + random.nextInt(50))), Optional.empty());
      case 8 -> new StreamCommand.Pause(id, Optional.empty());
      case 9, 10 -> new StreamCommand.Resume(id, Optional.empty());
      default -> new StreamCommand.Cancel(id, Optional.empty());
    };
  }

  /** Some pay themselves; some have an id of their own, up to the end of u64. */
  private StreamCommand.Create create() {
    Optional<StreamId> id =
        random.nextInt(3) == 0 ? Optional.of(new StreamId(random.nextLong())) : Optional.empty();
    return new StreamCommand.Create(
        id,
        oneOf(USERS),
        oneOf(USERS),
        oneOf(TOKENS),
        amount(),
        amount(),
        now() - 100 + random.nextInt(200),
        Optional.empty());
  }

  /** Small ones are used up soon, large ones have up to 39 digits. */
  private Amount amount() {
    return switch (random.nextInt(4)) {
      case 0 -> new Amount(new BigInteger(125, random).add(LARGE));
      case 1 -> new Amount(new BigInteger(64, random).add(BigInteger.ONE));
      default -> Amount.of(1 + random.nextInt(1000));
    };
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
