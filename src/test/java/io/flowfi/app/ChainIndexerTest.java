package io.flowfi.app;

import static io.flowfi.app.FollowedChain.done;
import static io.flowfi.simulator.ContractEvents.feeCollected;
import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.ContractEvents.withdrawn;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.ContractUpgrade;
import io.flowfi.indexer.Fault;
import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.IndexerRefusedException;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.PlacedEvent;
import io.flowfi.simulator.RpcFaults.Failure;
import io.flowfi.simulator.RpcForm;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedEvent;
import io.flowfi.simulator.SimulatedRpc;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the RPC's HTTP answers to the log: the real client, decoder, ledger and store. */
@Timeout(120)
class ChainIndexerTest {
  private static final String SENDER = EveryEvent.SENDER;
  private static final String RECIPIENT = EveryEvent.RECIPIENT;
  private static final String TOKEN = EveryEvent.TOKEN;

  private static final int PAGE = 7;

  /** Events that were read before a change and come into the log after it, at most. */
  private static final int UNDER_WAY = 5 * PAGE;

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private int folders;

  @AfterEach
  void close() throws Exception {
    for (int i = open.size(); i-- > 0; ) {
      open.get(i).close();
    }
  }

  private FollowedChain log(SimulatedChain chain) {
    return log(TestStore.EMBEDDED, chain);
  }

  private FollowedChain log(TestStore kind, SimulatedChain chain) {
    FollowedChain log =
        new FollowedChain(kind, directory.resolve("log" + folders++), chain).from(chain.oldest());
    open.add(log);
    return log;
  }

  private SimulatedRpc node(SimulatedChain chain) {
    return node(chain, RpcForm.V28);
  }

  private SimulatedRpc node(SimulatedChain chain, RpcForm form) {
    SimulatedRpc node = new SimulatedRpc(chain, form, 0);
    open.add(node);
    return node;
  }

  private static BigInteger n(long value) {
    return BigInteger.valueOf(value);
  }

  private static SimulatedEvent created(long id) {
    return streamCreated(id, SENDER, RECIPIENT, TOKEN, 10, 10_000, 1_790_000_000);
  }

  private static SimulatedEvent fee(long id) {
    return feeCollected(n(id), EveryEvent.TREASURY, n(25), TOKEN);
  }

  private static SimulatedEvent withdrawal(long id, long amount) {
    return withdrawn(n(id), RECIPIENT, n(amount), n(1_790_000_100));
  }

  /** Streams that live for a while, with every kind of event the contract has. */
  private static SimulatedChain lively(int events) {
    SimulatedChain chain = new SimulatedChain();
    try (SimulatedContract contract = new SimulatedContract(chain, 20)) {
      contract.play(events / 2, 40);
      chain.skip(7);
      contract.play(events / 2, 9);
    }
    EveryEvent.all().forEach(event -> chain.ledger(tx(event)));
    return chain;
  }

  private String logOf(SimulatedChain chain, SimulatedRpc node) {
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node);
    log.awaitAll(indexer);
    return log.log();
  }

  private PaymentStream stream(FollowedChain log, long id) {
    return log.fixture.store.streams().find(new StreamId(id)).orElseThrow();
  }

  @Test
  void shouldBringEveryEventOfAContractThatWasSilentForLong() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(created(1)));
    chain.skip(30_000);
    chain.ledger(tx(withdrawal(1, 5)));
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node(chain));
    log.awaitAll(indexer);
    assertThat(log.types()).containsExactly("stream.created", "stream.withdrawn");

    chain.ledger(tx(withdrawal(1, 6)));
    log.awaitAll(indexer);
    assertThat(log.types())
        .containsExactly("stream.created", "stream.withdrawn", "stream.withdrawn");
    assertThat(indexer.status().applied()).isEqualTo(3);
    assertThat(indexer.status().known()).isZero();
    await().until(() -> indexer.status().state() == IndexerStatus.State.FOLLOWING);
    assertThat(indexer.degraded()).isEmpty();
  }

  @Test
  void shouldWriteTheSameLogAtEveryLimit() {
    SimulatedChain chain = lively(40);
    SimulatedRpc node = node(chain);
    String whole = logOf(chain, node);
    assertThat(whole.lines().count()).isEqualTo(chain.events().size());
    for (int limit = 1; limit <= 5; limit++) {
      FollowedChain log = log(chain).withPagesOf(limit);
      log.awaitAll(log.follow(node));
      assertThat(log.log()).as("limit %d", limit).isEqualTo(whole);
    }
  }

  @Test
  void shouldTellOfACreationBeforeItsFee() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(fee(1), created(1)), tx(fee(2), created(2)));
    FollowedChain log = log(chain).withPagesOf(1);
    log.awaitAll(log.follow(node(chain)));
    assertThat(log.types())
        .containsExactly(
            "stream.created", "stream.fee_collected", "stream.created", "stream.fee_collected");
    assertThat(log.events().get(0).payload()).contains("\"eventIndex\":1");
    assertThat(log.events().get(1).payload()).contains("\"eventIndex\":0");
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void shouldWriteTheSameLogWhenItIsKilledTwentyTimes(TestStore kind) {
    SimulatedChain chain = lively(600);
    SimulatedRpc node = node(chain);
    String whole = logOf(chain, node);
    node.faults().delay(5);
    FollowedChain log = log(kind, chain).withPagesOf(7);
    for (int kill = 1; kill <= 20; kill++) {
      long before = log.fixture.store.log().bounds().head().value();
      Indexer indexer = log.follow(node);
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> log.fixture.store.log().bounds().head().value() > before);
      indexer.close();
    }
    assertThat(log.events().size()).isLessThan(chain.events().size());
    node.faults().clear();
    log.awaitAll(log.follow(node));
    assertThat(log.log()).isEqualTo(whole);
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void shouldWriteTheSameLogWhenSeveralFollowAtOnce(TestStore kind) {
    SimulatedChain chain = lively(400);
    SimulatedRpc node = node(chain);
    String whole = logOf(chain, node);
    FollowedChain log = log(kind, chain);
    List<Indexer> all = new ArrayList<>();
    for (int limit : new int[] {3, 10, 50}) {
      all.add(log.withPagesOf(limit).follow(node));
    }
    all.forEach(log::awaitAll);
    assertThat(log.log()).isEqualTo(whole);
  }

  @ParameterizedTest
  @EnumSource(
      value = RpcForm.class,
      names = {"V23", "V25", "V27", "V30"})
  void shouldWriteTheSameLogFromEveryVersion(RpcForm form) {
    SimulatedChain chain = lively(60);
    EveryEvent.newAddresses().forEach(event -> chain.ledger(tx(event)));
    String newest = logOf(chain, node(chain));
    assertThat(logOf(chain, node(chain, form))).isEqualTo(newest);
  }

  /** Behind one address, between two pages; and the new one is taken back at last. */
  @Test
  void shouldWriteTheSameLogWhenTheNodeIsUpgradedMeanwhile() {
    SimulatedChain chain = lively(600);
    EveryEvent.newAddresses().forEach(event -> chain.ledger(tx(event)));
    String whole = logOf(chain, node(chain));
    SimulatedRpc node = node(chain, RpcForm.V22);
    FollowedChain log = log(chain).withPagesOf(PAGE);
    Indexer indexer = log.follow(node);
    log.awaitFault(indexer, Fault.Unusable.class);
    assertThat(log.events()).isEmpty();
    node.faults().delay(5);
    for (RpcForm next :
        List.of(RpcForm.V23, RpcForm.V25, RpcForm.V27, RpcForm.V28, RpcForm.V30, RpcForm.V23)) {
      long before = log.fixture.store.log().bounds().head().value();
      node.become(next);
      log.skip(Duration.ofSeconds(30)); // it may wait for the node of before
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> log.fixture.store.log().bounds().head().value() > before + UNDER_WAY);
    }
    assertThat(log.events().size()).isLessThan(chain.events().size());
    node.become(RpcForm.V30);
    node.faults().clear();
    log.awaitAll(indexer);
    assertThat(log.log()).isEqualTo(whole);
    assertThat(indexer.status().known()).isZero();
    await()
        .until(
            () -> {
              log.skip(Duration.ofMinutes(1));
              return indexer.status().version().orElse("").startsWith("30");
            });
  }

  @Test
  void shouldRefuseAVersionThatNumbersEventsOtherwise() {
    SimulatedChain chain = lively(10);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node(chain, RpcForm.V22));
    assertThat(log.awaitFault(indexer, Fault.Unusable.class).reason()).contains("127.0.0.1");
    assertThat(log.events()).isEmpty();
  }

  @Test
  void shouldLoseNothingWithALaggingALostAndASlowNode() {
    SimulatedChain chain = lively(300);
    chain.skip(60);
    SimulatedRpc lagging = node(chain);
    lagging.faults().lag(50);
    SimulatedRpc lost = node(chain);
    lost.faults().oldest(chain.latest() - 10);
    SimulatedRpc slow = node(chain);
    slow.faults().delay(30);
    FollowedChain log = log(chain).withPagesOf(20);
    Indexer indexer = log.follow(lagging, lost, slow);
    log.awaitScanned(indexer, chain.latest() - 50);
    for (int i = 1; i <= 20; i++) {
      chain.ledger(tx(fee(900_000 + i), created(900_000 + i)));
      if (i % 5 == 0) {
        log.skip(Duration.ofMinutes(1));
        log.awaitAll(indexer);
      }
    }
    assertThat(log.log()).isEqualTo(logOf(chain, node(chain)));
    assertThat(indexer.status().known()).isZero();
  }

  @Test
  void shouldOutliveEveryFaultOfANode() {
    SimulatedChain chain = lively(200);
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain).withPagesOf(15);
    Indexer indexer = log.follow(node);
    for (Failure failure : Failure.values()) {
      if (failure == Failure.HANG) {
        continue; // takes the client's whole patience: HangingNodeTest
      }
      node.faults().fail(failure, 2);
      chain.ledger(tx(withdrawal(1, 1)));
      await().until(() -> !indexer.status().lastError().isEmpty());
      log.awaitAll(indexer);
    }
    node.faults().greatestLimit(10);
    node.faults().twice(true);
    chain.ledger(tx(withdrawal(1, 2)), tx(withdrawal(1, 3)));
    log.awaitAll(indexer);
    node.faults().clear();
    node.faults().overlap(3);
    chain.ledger(tx(withdrawal(1, 4)));
    log.awaitAll(indexer);
    node.faults().clear();
    assertThat(log.log()).isEqualTo(logOf(chain, node));
  }

  @Test
  void shouldApplyThreeHundredEventsOfOneTransactionAtOnce() {
    SimulatedChain chain = new SimulatedChain();
    List<SimulatedEvent> many = new ArrayList<>();
    many.add(created(1));
    for (int i = 1; i < 300; i++) {
      many.add(withdrawal(1, 1));
    }
    chain.ledger(tx(many));
    FollowedChain log = log(chain).withPagesOf(7);
    log.awaitAll(log.follow(node(chain)));
    assertThat(log.events()).hasSize(300);
    assertThat(stream(log, 1).withdrawn().value()).isEqualTo(299);
    assertThat(log.fixture.batches).containsExactly(300);
  }

  @Test
  void shouldGoOnWhateverAWellFormedEventSays() {
    SimulatedChain chain = new SimulatedChain();
    EveryEvent.all().forEach(event -> chain.ledger(tx(event)));
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node(chain));
    log.awaitAll(indexer);
    assertThat(log.events()).hasSize(EveryEvent.all().size());
    assertThat(log.types()).contains("stream.changed", "protocol.changed");
    assertThat(log.types()).contains("protocol.contract_upgraded");
    ContractUpgrade upgrade = indexer.status().upgrade().orElseThrow();
    assertThat(upgrade.newWasm()).matches("[0-9a-f]{64}").isNotEqualTo(upgrade.oldWasm());
    assertThat(upgrade.at()).isEqualTo(Instant.ofEpochSecond(1_800_000_000));
    assertThat(indexer.degraded())
        .contains("the contract's code was changed in ledger " + upgrade.ledger());
    assertThat(indexer.trouble()).isEmpty();
    PaymentStream largest = log.fixture.store.streams().find(new StreamId(-1)).orElseThrow();
    assertThat(largest.deposited().toString()).isEqualTo(EveryEvent.I128_MAX.toString());
    assertThat(largest.recipient().strKey()).isEqualTo(TOKEN);
    assertThat(indexer.status().unknownNames()).containsKeys("stream_gifted", "moon_is_full");
    assertThat(indexer.status().anomalies()).isNotEmpty();
  }

  @Test
  void shouldAskTheContractForStreamsItHasNeverSeen() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(fee(1), created(1)));
    chain.ledger(tx(withdrawal(1, 40)));
    long later = chain.ledger(tx(withdrawal(1, 2)));
    FollowedChain log = log(chain).from(later);
    log.awaitAll(log.follow(node(chain)));
    assertThat(log.types())
        .containsExactly("stream.created", "stream.corrected", "stream.withdrawn");
    assertThat(stream(log, 1).withdrawn().value()).isEqualTo(42);
    assertThat(stream(log, 1).deposited().value()).isEqualTo(10_000);
  }

  @Test
  void shouldStopAtAGapUntilAnAdministratorGoesOn() {
    SimulatedChain chain = lively(40);
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node);
    log.awaitAll(indexer);
    long scanned = chain.latest();
    node.faults().fail(Failure.UNAVAILABLE);
    chain.ledger(tx(created(700_001)));
    long oldest = chain.skip(20);
    long last = chain.ledger(tx(created(700_002)));
    node.faults().oldest(oldest);
    node.faults().fail(Failure.UNAVAILABLE, 0);

    assertThat(log.awaitFault(indexer, Fault.Gap.class))
        .isEqualTo(new Fault.Gap(scanned + 1, oldest - 1));
    assertThat(indexer.trouble()).isEmpty();
    assertThat(indexer.degraded().orElseThrow())
        .contains(Long.toString(scanned + 1), Long.toString(oldest - 1));
    assertThatThrownBy(() -> done(indexer.reset(oldest, false)))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("acceptGap");
    assertThatThrownBy(() -> done(indexer.reset(last + 2, true)))
        .isInstanceOf(IndexerRefusedException.class);
    assertThat(log.types()).doesNotContain("protocol.history_gap");

    done(indexer.reset(oldest, true));
    log.awaitAll(indexer);
    assertThat(log.types()).endsWith("protocol.history_gap", "stream.created");
    LoggedEvent gap = log.events().get(log.events().size() - 2);
    assertThat(gap.payload()).contains("\"fromLedger\":" + (scanned + 1));
    assertThat(gap.payload()).contains("\"toLedger\":" + (oldest - 1));
    assertThat(indexer.degraded().orElseThrow()).startsWith("the contract's code was changed");
  }

  @Test
  void shouldTakeAnEmptyPageOutOfRetentionForAGap() {
    SimulatedChain chain = lively(20);
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain);
    Indexer first = log.follow(node);
    log.awaitAll(first);
    first.close();
    chain.skip(50);
    node.faults().oldest(chain.latest() - 5);
    node.faults().emptyPages(true);
    log.awaitFault(log.follow(node), Fault.Gap.class);
  }

  @Test
  void shouldStopAtAnotherChain() {
    SimulatedChain chain = lively(40);
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node);
    log.awaitAll(indexer);
    String before = log.log();
    indexer.close();

    SimulatedChain other = new SimulatedChain();
    while (other.latest() < chain.latest() + 5) {
      other.ledger(tx(created(1_000 + other.latest())));
    }
    node.serve(other);
    Indexer again = log.follow(node);
    Fault.OtherChain fault = log.awaitFault(again, Fault.OtherChain.class);
    assertThat(fault.reason()).contains("another chain", "127.0.0.1");
    assertThat(again.degraded().orElseThrow()).contains(fault.event()).doesNotContain("127.0.0.1");
    assertThat(log.log()).isEqualTo(before);
  }

  /** The body is the same, and the money moved in another transaction. */
  @Test
  void shouldStopWhereAKnownEventIsOfAnotherTransaction() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(created(1)));
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node);
    log.awaitAll(indexer);
    indexer.close();

    PlacedEvent known = chain.events().get(0);
    String hash = "ab".repeat(32);
    node.faults().tamper(known, hash);
    Fault.OtherChain fault = log.awaitFault(log.follow(node), Fault.OtherChain.class);
    assertThat(fault.event()).isEqualTo(known.id());
    assertThat(fault.reason()).contains(known.transactionHash(), hash);
  }

  @Test
  void shouldStopWhenTheTipIsFarBehindForTenMinutes() {
    SimulatedChain chain = lively(10);
    chain.skip(3_000);
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node);
    log.awaitAll(indexer);
    node.faults().lag(2_000);
    await()
        .until(
            () ->
                indexer
                    .status()
                    .sources()
                    .get(0)
                    .trouble()
                    .filter(t -> t.contains("newest"))
                    .isPresent());
    assertThat(indexer.status().fault()).isEmpty();
    log.skip(Duration.ofMinutes(11));
    assertThat(log.awaitFault(indexer, Fault.TipBehind.class))
        .isEqualTo(new Fault.TipBehind(chain.latest(), chain.latest() - 2_000));
  }

  @Test
  void shouldPutAnEventAsideOnlyIfAnAdministratorSaysSo() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(created(1)));
    chain.ledger(tx(withdrawal(1, 3), withdrawal(1, 4), withdrawal(1, 5)));
    chain.ledger(tx(withdrawal(1, 6)));
    SimulatedRpc node = node(chain);
    SimulatedRpc second = node(chain);
    PlacedEvent broken = chain.events().get(2);
    for (SimulatedRpc each : List.of(node, second)) {
      each.faults().tamper(broken.id(), broken.event().withValue(new byte[] {1, 2, 3}));
    }
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node, second);
    Fault.Undecodable fault = log.awaitFault(indexer, Fault.Undecodable.class);
    assertThat(fault.event()).isEqualTo(broken.id());
    assertThat(fault.stream()).contains(new StreamId(1));
    assertThat(log.types()).containsExactly("stream.created");
    assertThat(indexer.degraded().orElseThrow()).contains(broken.id(), "cannot be decoded");
    assertThatThrownBy(() -> done(indexer.quarantine(chain.events().get(1).id())))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining(broken.id());

    done(indexer.quarantine(broken.id()));
    log.awaitAll(indexer);
    assertThat(log.types())
        .containsExactly(
            "stream.created",
            "protocol.event_quarantined",
            "stream.withdrawn",
            "stream.withdrawn",
            "stream.withdrawn");
    assertThat(stream(log, 1).withdrawn().value()).isEqualTo(14);
    assertThat(indexer.status().fault()).isEmpty();
  }

  @Test
  void shouldUseANodeThatCanShowAnEventWhichAnotherHasBroken() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(created(1)));
    chain.ledger(tx(withdrawal(1, 3)));
    SimulatedRpc broken = node(chain);
    PlacedEvent event = chain.events().get(1);
    broken.faults().tamper(event.id(), event.event().withValue(new byte[] {1, 2, 3}));
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(broken, node(chain));
    log.awaitAll(indexer);
    assertThat(log.types()).containsExactly("stream.created", "stream.withdrawn");
  }

  @Test
  void shouldNameTwoNodesThatDisagreeAndApplyNothingOfEither() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(created(1)));
    SimulatedRpc one = node(chain);
    SimulatedRpc other = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(one, other);
    log.awaitAll(indexer);
    Fault.Disagreement fault = disagreement(chain, one, other, log, indexer);
    assertThat(fault.event()).isEqualTo(chain.events().get(0).id());
    assertThat(List.of(fault.one(), fault.other()))
        .allMatch(name -> name.contains("127.0.0.1"))
        .doesNotHaveDuplicates();
    assertThat(log.types()).containsExactly("stream.created");
  }

  /** The first event becomes another one on a node, which is asked because the other node fails. */
  private static Fault.Disagreement disagreement(
      SimulatedChain chain,
      SimulatedRpc one,
      SimulatedRpc other,
      FollowedChain log,
      Indexer indexer) {
    other.faults().tamper(chain.events().get(0).id(), created(2));
    one.faults().fail(Failure.UNAVAILABLE);
    chain.ledger(tx(withdrawal(1, 3)));
    return log.awaitFault(indexer, Fault.Disagreement.class);
  }

  /** As docs/indexer.md says: without the wrong node, at the ledger behind the last one read. */
  @Test
  void shouldGoOnWithoutAGapAtTheNextLedgerAfterADisagreement() {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(created(1)));
    SimulatedRpc one = node(chain);
    SimulatedRpc other = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(one, other);
    log.awaitAll(indexer);
    long scanned = chain.latest();
    disagreement(chain, one, other, log, indexer);
    other.faults().clear();
    one.faults().clear();

    done(indexer.reset(scanned + 1, false));
    log.awaitAll(indexer);
    assertThat(log.types()).containsExactly("stream.created", "stream.withdrawn");
    assertThat(log.fixture.store.chain().counts().unverified()).isZero();
    assertThat(indexer.status().fault()).isEmpty();
  }

  @Test
  void shouldReadAgainFromALedgerWithoutAGap() {
    SimulatedChain chain = lively(60);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node(chain));
    log.awaitAll(indexer);
    String before = log.log();
    done(indexer.reset(chain.oldest(), false));
    await().until(() -> indexer.status().known() >= before.lines().count());
    log.awaitAll(indexer);
    assertThat(log.log()).isEqualTo(before);
  }

  @Test
  void shouldServeAnOtherwiseHealthyNodeWithoutANetwork() {
    SimulatedChain chain = lively(10);
    SimulatedRpc node = node(chain);
    node.faults().passphrase("Public Global Stellar Network ; September 2015");
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node);
    log.awaitFault(indexer, Fault.WrongNetwork.class);
    node.faults().clear();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              log.skip(Duration.ofSeconds(30));
              return indexer.status().cursor().isPresent()
                  && indexer.status().cursor().get().scanned() == chain.latest();
            });
    assertThat(indexer.status().fault()).isEmpty();
  }

  /** The node counts: whatever else asks how it is would be seen, too. */
  @Test
  void shouldAskANodeHowItIsOnceAMinuteAndNeverForItsNewestLedger() {
    SimulatedChain chain = lively(10);
    chain.skip(900); // only at its oldest ledger a node is asked for the range behind each page
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.followAtRest(node);
    log.awaitAll(indexer);
    int atFirst = node.calls("getHealth");
    int pages = node.calls("getEvents");
    AtomicInteger seconds = new AtomicInteger();
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              log.skip(Duration.ofSeconds(1));
              return seconds.incrementAndGet() >= 180 && node.calls("getHealth") > atFirst;
            });
    assertThat(node.calls("getHealth") - atFirst).isLessThanOrEqualTo(seconds.get() / 60);
    assertThat(node.calls("getEvents")).isGreaterThan(pages + 5);
    assertThat(node.calls("getLatestLedger")).isZero();
    assertThat(node.calls("getNetwork")).isEqualTo(1);
  }

  @Test
  void shouldSayWhenNoLedgerWasReadForAMinute() {
    SimulatedChain chain = lively(10);
    SimulatedRpc node = node(chain);
    FollowedChain log = log(chain);
    Indexer indexer = log.follow(node);
    log.awaitAll(indexer);
    node.faults().fail(Failure.UNAVAILABLE);
    log.skip(Duration.ofSeconds(61));
    assertThat(indexer.status().isStandingStill()).isTrue();
    assertThat(indexer.degraded().orElseThrow()).contains("no ledger of the chain was read for");
    node.faults().clear();
    chain.skip(1);
    log.skip(Duration.ofSeconds(30));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !indexer.degraded().orElse("").contains("was read for"));
  }
}
