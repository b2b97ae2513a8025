package io.flowfi.simulator;

import static io.flowfi.simulator.SimulatedTransaction.tx;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.stellar.sdk.StrKey;

/**
 * Lets streams live on a {@link SimulatedChain}: people create them, top up, withdraw, pause,
 * resume and cancel, as the contract computes it ({@code lib.rs}), with its fee before each
 * creation. Now and then there is one of the events that only the newer contract has, and seldom
 * the contract's code is changed. The same seed plays the same life. For any thread.
 */
public final class SimulatedContract implements AutoCloseable {
  private static final int PEOPLE = 40;
  private static final int MOST_AT_ONCE = 10_000; // events in a ledger
  private static final int MOST_KEPT = 100; // vesting streams and disputes
  private static final int MOST_OPEN = 2_000; // beyond that they are ended more often than begun
  private static final BigInteger FEE_BPS = BigInteger.valueOf(25);
  private static final BigInteger ALL_BPS = BigInteger.valueOf(10_000);
  private static final BigInteger UNIT = BigInteger.valueOf(10_000_000); // a token has 7 decimals

  private SimulatedChain chain;
  private int rate;
  private final Random random;
  private final List<String> tokens = new ArrayList<>();
  private final List<BigInteger> open = new ArrayList<>();
  private final List<BigInteger> vesting = new ArrayList<>();
  private final List<BigInteger> disputed = new ArrayList<>();
  private final Set<BigInteger> touched = new HashSet<>(); // in this ledger
  private final List<SimulatedEvent> injected = new ArrayList<>();
  private final ScheduledExecutorService clock;
  private String admin = EveryEvent.ADMIN;
  private String treasury = EveryEvent.TREASURY;
  private long wasm;
  private long lastId;
  private boolean initialized;

  public SimulatedContract(SimulatedChain chain, long seed) {
    this.chain = chain;
    this.random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      tokens.add(StrKey.encodeContract(SimulatedChain.contractNumber(300 + i)));
    }
    clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "simulated-contract");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Plays until there are at least so many events more, 5 s from ledger to ledger. */
  public synchronized void play(int events, int eventsPerLedger) {
    for (int left = events; left > 0; ) {
      left -=
          ledger(
              chain.closeTime(chain.latest()) + SimulatedChain.LEDGER_SECONDS,
              Math.min(left, eventsPerLedger));
    }
  }

  /**
   * Closes a ledger.
   *
   * @param time in Unix seconds
   * @param events at least so many
   * @return how many there were
   */
  public synchronized int ledger(long time, int events) {
    List<SimulatedTransaction> transactions = new ArrayList<>();
    touched.clear();
    int count = 0;
    if (!initialized) {
      initialized = true;
      transactions.add(tx(ContractEvents.initialized(admin, treasury, FEE_BPS.longValue())));
      count++;
    }
    for (SimulatedEvent event : injected) {
      transactions.add(tx(event));
      count++;
    }
    injected.clear();
    while (count < events) {
      List<SimulatedEvent> done = act(BigInteger.valueOf(time));
      transactions.add(tx(done));
      count += done.size();
    }
    chain.ledgerAt(time, transactions);
    return count;
  }

  /** Emits an event in the next ledger, in a transaction of its own. */
  public synchronized void inject(SimulatedEvent event) {
    injected.add(event);
  }

  /** Closes ledgers by the real clock until it is closed. */
  public void start(Duration interval, int eventsPerLedger) {
    rate(eventsPerLedger);
    clock.scheduleAtFixedRate(this::tick, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void tick() {
    long now = Math.max(Instant.now().getEpochSecond(), chain.closeTime(chain.latest()));
    ledger(now, rate == 0 ? 0 : 1 + random.nextInt(2 * rate - 1));
  }

  /**
   * How many events there are in a ledger from the next one on.
   *
   * @param eventsPerLedger on average, 0 to 10,000
   */
  public synchronized void rate(int eventsPerLedger) {
    if (eventsPerLedger < 0 || eventsPerLedger > MOST_AT_ONCE) {
      throw new IllegalArgumentException(
          "0 to %d events in a ledger, not %d".formatted(MOST_AT_ONCE, eventsPerLedger));
    }
    rate = eventsPerLedger;
  }

  /**
   * The network is reset: what has happened has not, and as many ledgers tell of another life.
   *
   * @return the chain that it goes on with
   */
  public synchronized SimulatedChain reset() {
    long ledgers = chain.latest() - chain.oldest();
    chain = chain.anew();
    open.clear();
    vesting.clear();
    disputed.clear();
    lastId = 0;
    initialized = false;
    for (long i = 0; i < ledgers; i++) {
      ledger(chain.closeTime(chain.latest()) + SimulatedChain.LEDGER_SECONDS, random.nextInt(4));
    }
    return chain;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private List<SimulatedEvent> act(BigInteger now) {
    int dice = random.nextInt(1_000);
    if (dice < 3) {
      return governance(now);
    } else if (dice < 8) {
      return judgement(now);
    }
    int creations = open.size() < 20 ? 700 : open.size() < MOST_OPEN ? 250 : 100;
    if (dice < creations) {
      return create(now);
    }
    for (int tries = 0; tries < 8; tries++) {
      int index = random.nextInt(Math.max(1, open.size()));
      if (index < open.size() && touched.add(open.get(index))) {
        List<SimulatedEvent> done = touch(index, now);
        if (!done.isEmpty()) {
          return done;
        }
      }
    }
    return create(now);
  }

  private List<SimulatedEvent> create(BigInteger now) {
    BigInteger id = BigInteger.valueOf(++lastId);
    String sender = someone();
    String recipient = random.nextInt(20) == 0 ? tokens.get(0) : someone();
    String token = tokens.get(random.nextInt(tokens.size()));
    touched.add(id);
    BigInteger amount = UNIT.multiply(BigInteger.valueOf(1 + random.nextInt(50_000)));
    BigInteger fee = amount.multiply(FEE_BPS).divide(ALL_BPS);
    BigInteger net = amount.subtract(fee);
    // from minutes, so that one sees them end, to a year
    long duration = 60L << random.nextInt(19);
    BigInteger rate = net.divide(BigInteger.valueOf(duration));
    SimulatedEvent collected = ContractEvents.feeCollected(id, treasury, fee, token);
    if (random.nextInt(100) == 0) {
      keep(vesting, id);
      return List.of(collected, newerCreation(id, sender, recipient, token, net, now));
    }
    open.add(id);
    return List.of(
        collected, ContractEvents.streamCreated(id, sender, recipient, token, rate, net, now));
  }

  private SimulatedEvent newerCreation(
      BigInteger id,
      String sender,
      String recipient,
      String token,
      BigInteger net,
      BigInteger now) {
    BigInteger later = now.add(BigInteger.valueOf(2_592_000));
    return switch (random.nextInt(3)) {
      case 0 -> ContractEvents.stepVestingCreated(id, sender, recipient, token, net, 12, later);
      case 1 ->
          ContractEvents.hybridCliffCreated(
              id,
              sender,
              recipient,
              token,
              net,
              later,
              net.divide(BigInteger.TEN),
              BigInteger.valueOf(1_000));
      default ->
          ContractEvents.allowanceCreated(
              id, sender, recipient, token, BigInteger.valueOf(1_000), now);
    };
  }

  /** Empty if nothing can be done with it now. */
  private List<SimulatedEvent> touch(int index, BigInteger now) {
    BigInteger id = open.get(index);
    StoredStream stream = chain.stream(id).orElse(null);
    if (stream == null) {
      return List.of(); // it was created in this very ledger
    }
    if (stream.paused()) {
      return List.of(ContractEvents.resumed(id, stream.sender(), stream.resumed(now).endTime(now)));
    }
    int dice = random.nextInt(100);
    if (dice < 55) {
      return withdraw(index, stream, now);
    } else if (dice < 75) {
      return topUp(id, stream, now);
    } else if (dice < 88) {
      return List.of(ContractEvents.paused(id, stream.sender(), now));
    } else if (dice < 92) {
      return List.of(changeRate(id, stream, now));
    }
    open.remove(index);
    BigInteger withdrawn = stream.withdrawn().add(stream.claimable(now));
    SimulatedEvent cancelled =
        ContractEvents.cancelled(
            id,
            stream.sender(),
            stream.recipient(),
            withdrawn,
            stream.deposited().subtract(withdrawn));
    return random.nextInt(10) == 0
        ? List.of(cancelled, ContractEvents.closed(id, stream.sender(), now))
        : List.of(cancelled);
  }

  private List<SimulatedEvent> withdraw(int index, StoredStream stream, BigInteger now) {
    BigInteger id = open.get(index);
    BigInteger amount = stream.claimable(now);
    if (amount.signum() <= 0) {
      return List.of();
    }
    SimulatedEvent withdrawn = ContractEvents.withdrawn(id, stream.recipient(), amount, now);
    BigInteger total = stream.withdrawn().add(amount);
    if (total.compareTo(stream.deposited()) < 0) {
      return List.of(withdrawn);
    }
    open.remove(index);
    return List.of(withdrawn, ContractEvents.completed(id, stream.recipient(), total));
  }

  private List<SimulatedEvent> topUp(BigInteger id, StoredStream stream, BigInteger now) {
    BigInteger amount = UNIT.multiply(BigInteger.valueOf(1 + random.nextInt(5_000)));
    BigInteger fee = amount.multiply(FEE_BPS).divide(ALL_BPS);
    StoredStream more = stream.withDeposited(stream.deposited().add(amount.subtract(fee)));
    return List.of(
        ContractEvents.feeCollected(id, treasury, fee, stream.token()),
        ContractEvents.toppedUp(
            id, stream.sender(), amount.subtract(fee), more.deposited(), more.endTime(now)));
  }

  private SimulatedEvent changeRate(BigInteger id, StoredStream stream, BigInteger now) {
    StoredStream faster = stream.withRate(stream.rate().multiply(BigInteger.TWO), now);
    return ContractEvents.rateModified(
        id, stream.sender(), stream.rate(), faster.rate(), faster.endTime(now), now);
  }

  private static void keep(List<BigInteger> streams, BigInteger id) {
    if (streams.size() == MOST_KEPT) {
      streams.remove(0);
    }
    streams.add(id);
  }

  /** Somebody says that a condition is met, doubts a stream, or decides about one. */
  private List<SimulatedEvent> judgement(BigInteger now) {
    String arbiter = EveryEvent.account(999);
    if (!disputed.isEmpty() && random.nextInt(3) == 0) {
      BigInteger id = disputed.remove(random.nextInt(disputed.size()));
      return List.of(ContractEvents.disputeResolved(id, arbiter, random.nextBoolean(), now));
    } else if (!vesting.isEmpty() && random.nextBoolean()) {
      BigInteger id = vesting.get(random.nextInt(vesting.size()));
      return List.of(
          ContractEvents.milestoneUnlocked(id, 1 + random.nextInt(12), UNIT, arbiter, now));
    } else if (open.isEmpty()) {
      return create(now);
    }
    BigInteger id = open.get(random.nextInt(open.size()));
    if (disputed.contains(id) || !touched.add(id)) {
      return create(now);
    }
    keep(disputed, id);
    String sender = chain.stream(id).map(StoredStream::sender).orElse(admin);
    return List.of(ContractEvents.disputeRequested(id, sender, arbiter, now));
  }

  private List<SimulatedEvent> governance(BigInteger now) {
    if (random.nextInt(8) == 0) {
      return upgrade(now);
    }
    SimulatedEvent event =
        switch (random.nextInt(6)) {
          case 0 -> {
            String before = treasury;
            treasury = someone();
            yield ContractEvents.feeConfigUpdated(
                admin, before, treasury, FEE_BPS.longValue(), FEE_BPS.longValue());
          }
          case 1 -> {
            String before = admin;
            admin = someone();
            yield ContractEvents.adminTransferred(before, admin);
          }
          case 2 -> ContractEvents.protocolPauseStatus(admin, random.nextBoolean(), now);
          case 3 ->
              ContractEvents.guardianUpdated(
                  admin, random.nextBoolean() ? Optional.of(someone()) : Optional.empty());
          case 4 -> ContractEvents.flowFiProtocolPaused(admin);
          default -> ContractEvents.stateMigrated(admin, 1, 2);
        };
    return List.of(event);
  }

  /** The contract says so itself, and so does the network. */
  private List<SimulatedEvent> upgrade(BigInteger now) {
    byte[] before = SimulatedChain.sha256("wasm " + wasm++);
    byte[] after = SimulatedChain.sha256("wasm " + wasm);
    return List.of(
        ContractEvents.executableUpdate(before, after),
        ContractEvents.contractUpgraded(admin, before, after, now));
  }

  private String someone() {
    return EveryEvent.account(1_000 + random.nextInt(PEOPLE));
  }
}
