package io.flowfi.indexer.rpc;

import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flowfi.indexer.ChainSource;
import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.indexer.EventId;
import io.flowfi.indexer.EventPage;
import io.flowfi.indexer.PageStart;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.payment.Address;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.PlacedEvent;
import io.flowfi.simulator.RpcFaults.Failure;
import io.flowfi.simulator.RpcForm;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedEvent;
import io.flowfi.simulator.SimulatedRpc;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Against whole nodes, in the form of each version. */
class SimulatedNodesTest {
  private final SimulatedChain chain = new SimulatedChain();
  private final PageStart start = new PageStart.AtLedger(chain.oldest());

  @BeforeEach
  void fill() {
    chain.ledger(tx(EveryEvent.all().toArray(SimulatedEvent[]::new)));
    chain.skip(12);
    chain.ledger(tx(EveryEvent.newAddresses().toArray(SimulatedEvent[]::new)).at(7));
  }

  private ChainSource source(SimulatedRpc node) {
    return new RpcSettings(
            RpcSettings.parse(node.url().toString()),
            chain.passphrase(),
            Address.parse("contract", chain.contractId()))
        .sources(InstantSource.system())
        .get(0);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V22")
  void shouldReadTheSameLogInTheFormOfEachVersion(RpcForm form) {
    try (SimulatedRpc node = new SimulatedRpc(chain, form, 0);
        ChainSource source = source(node)) {
      EventPage page = source.events(start, 1000);

      assertThat(page.events())
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(chain.events().stream().map(this::told).toList());
      assertThat(page.isFull()).isFalse();
      assertThat(page.cursor()).isEqualTo(PageJson.end(chain.latest()));
      assertThat(page.latestLedger()).isEqualTo(chain.latest());
      assertThat(page.oldestLedger()).hasValue(chain.oldest());
      assertThat(page.latestCloseTime())
          .isEqualTo(OptionalLong.of(chain.closeTime(chain.latest())));
      assertThat(source.health().version()).startsWith(form.name().substring(1));
      assertThat(source.health().healthy()).isTrue();
    }
  }

  private RpcEvent told(PlacedEvent placed) {
    return new RpcEvent(
        placed.id(),
        placed.event().system() ? RpcEvent.Kind.SYSTEM : RpcEvent.Kind.CONTRACT,
        EventId.parse(placed.id()).position(),
        placed.closedAt(),
        chain.contractId(),
        placed.transactionHash(),
        placed.event().topics().stream().map(topic -> topic.xdr()).toList(),
        placed.event().value().xdr());
  }

  @Test
  void shouldRefuseTheVersionThatNumbersEventsOtherwise() {
    try (SimulatedRpc node = new SimulatedRpc(chain, RpcForm.V22, 0);
        ChainSource source = source(node)) {
      ChainSourceException failure = failure(source);
      assertThat(failure.kind()).isEqualTo(Kind.UNUSABLE);
      assertThat(failure).hasMessageContaining("before stellar-rpc 23");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V22")
  void shouldReadOneByOneWhatItReadsAtOnce(RpcForm form) {
    try (SimulatedRpc node = new SimulatedRpc(chain, form, 0);
        ChainSource source = source(node)) {
      List<String> ids = new ArrayList<>();
      EventPage page = source.events(start, 1);
      while (page.isFull()) {
        ids.add(page.events().get(0).id());
        page = source.events(new PageStart.Behind(page.cursor()), 1);
      }
      assertThat(ids).isEqualTo(chain.events().stream().map(PlacedEvent::id).toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TOO_MANY_REQUESTS, BUSY",
    "UNAVAILABLE, BUSY",
    "GATEWAY_TIMEOUT, TOO_MUCH",
    "HTML, UNREACHABLE",
    "CUT_BODY, UNREACHABLE",
    "CUT_JSON, UNREACHABLE",
    "EMPTY_BODY, UNREACHABLE",
    "INTERNAL_ERROR, UNREACHABLE",
    "DATABASE_ERROR, UNREACHABLE",
    "DROP, UNREACHABLE"
  })
  void shouldTellFailuresApartAndReadOnAfterThem(Failure how, Kind kind) {
    try (SimulatedRpc node = new SimulatedRpc(chain);
        ChainSource source = source(node)) {
      List<RpcEvent> before = source.events(start, 1000).events();
      node.faults().fail(how, 1);
      assertThat(failure(source).kind()).isEqualTo(kind);
      assertThat(source.events(start, 1000).events())
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(before);
      assertThat(node.calls("getNetwork")).isEqualTo(2);
    }
  }

  @Test
  void shouldTellWhyANodeHasNotWhatWasAskedFor() {
    try (SimulatedRpc node = new SimulatedRpc(chain);
        ChainSource source = source(node)) {
      for (boolean empty : new boolean[] {false, true}) {
        node.faults().emptyPages(empty);
        node.faults().oldest(chain.oldest() + 5);
        ChainSourceException lost = failure(source);
        assertThat(lost.kind()).isEqualTo(Kind.OUT_OF_RANGE);
        assertThat(lost.oldest()).hasValue(chain.oldest() + 5);
        assertThat(lost.latest()).hasValue(chain.latest());
        node.faults().oldest(0);

        node.faults().lag(3);
        PageStart tip = new PageStart.Behind(PageJson.end(chain.latest()));
        ChainSourceException lags =
            catchThrowableOfType(ChainSourceException.class, () -> source.events(tip, 1000));
        assertThat(lags.kind()).isEqualTo(Kind.OUT_OF_RANGE);
        assertThat(lags.latest()).hasValue(chain.latest() - 3);
        node.faults().lag(0);
      }
      node.faults().greatestLimit(10);
      assertThat(failure(source).kind()).isEqualTo(Kind.TOO_MUCH);
      assertThat(source.events(start, 10).isFull()).isTrue();
      node.faults().clear();
      node.faults().passphrase("another network");
      node.faults().fail(Failure.DROP, 1);
      assertThat(failure(source).kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure(source).kind()).isEqualTo(Kind.OTHER_NETWORK);
    }
  }

  private ChainSourceException failure(ChainSource source) {
    return catchThrowableOfType(ChainSourceException.class, () -> source.events(start, 1000));
  }
}
