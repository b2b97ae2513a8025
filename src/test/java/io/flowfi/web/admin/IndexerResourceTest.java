package io.flowfi.web.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.ContractUpgrade;
import io.flowfi.indexer.Fault;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.SourceFixture;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.ChainRecords;
import io.flowfi.ledger.KnownFact;
import io.flowfi.ledger.PutAside;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Every figure of the indexer at its place. How it is asked is in {@code IndexerApiTest}. */
class IndexerResourceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant AT = Instant.parse("2027-01-15T08:00:00Z");

  private final Records records = new Records();
  private IndexerStatus.Replay replay =
      new IndexerStatus.Replay(90, 95, 119, 4, 12, 2, true, Optional.empty());

  private final IndexerResource resource =
      new IndexerResource(Optional.of(new Control()), records, InstantSource.fixed(AT));

  private IndexerStatus now() {
    return new IndexerStatus(
        IndexerStatus.State.CATCHING_UP,
        Optional.of(new Fault.OtherChain("7", "https://rpc.example.org", "the value differs")),
        Optional.of(new ChainCursor(Optional.empty(), Optional.of("token"), 119, 150, 80)),
        Optional.of("https://rpc.example.org"),
        Optional.of("28.0.1"),
        OptionalLong.of(100),
        OptionalLong.of(155),
        true,
        Duration.ofMillis(61_900),
        12.36,
        0.24,
        41,
        3,
        Map.of("after_end", 2L),
        Map.of("dispute_requested", 1L),
        Optional.of(new ContractUpgrade(118, AT, "0a", "0b")),
        false,
        Optional.of(new IndexerStatus.Trouble(AT, "HTTP 503")),
        Optional.of(replay),
        SourceFixture.ONE_IS_SILENT);
  }

  private final class Control implements IndexerControl {
    @Override
    public IndexerStatus status() {
      return now();
    }

    @Override
    public Optional<ChainLease.Holder> followedBy() {
      return Optional.of(new ChainLease.Holder("7f3a", Optional.of("east")));
    }

    @Override
    public CompletionStage<IndexerStatus> reset(long ledger, boolean acceptGap) {
      throw new AssertionError("nobody asks for it");
    }

    @Override
    public CompletionStage<IndexerStatus> replay(long fromLedger) {
      throw new AssertionError("nobody asks for it");
    }

    @Override
    public CompletionStage<IndexerStatus> cancelReplay() {
      throw new AssertionError("nobody asks for it");
    }

    @Override
    public CompletionStage<IndexerStatus> quarantine(String event) {
      throw new AssertionError("nobody asks for it");
    }
  }

  /** Of a store that may be away. */
  private static final class Records implements ChainRecords {
    private final List<PutAside> aside = new ArrayList<>();
    private boolean away;

    @Override
    public ChainCounts counts() {
      if (away) {
        throw new LogUnavailableException("the database does not answer", null);
      }
      return new ChainCounts(5, 6, 8, Map.of());
    }

    @Override
    public List<PutAside> quarantined(int limit) {
      return aside.subList(0, Math.min(limit, aside.size()));
    }

    @Override
    public Optional<ChainCursor> cursor() {
      throw new AssertionError("the indexer knows it");
    }

    @Override
    public Optional<ChainFault> fault() {
      throw new AssertionError("the indexer knows it");
    }

    @Override
    public Map<StreamId, PaymentStream> streams(Collection<StreamId> ids) {
      throw new AssertionError("nobody asks for it");
    }

    @Override
    public List<PaymentStream> openStreams(Optional<StreamId> after, int limit) {
      throw new AssertionError("nobody asks for it");
    }

    @Override
    public List<KnownFact> unknownEvents(String name, LogPosition after, int limit) {
      throw new AssertionError("nobody asks for it");
    }
  }

  private JsonNode state() {
    return JSON.valueToTree(resource.status());
  }

  private static JsonNode json(String text) throws Exception {
    return JSON.readTree(text.replace('\'', '"'));
  }

  @Test
  void shouldTellEveryFigureOfTheIndexer() throws Exception {
    JsonNode wanted =
        json(
            """
            {'state':'catching_up',
             'fault':{'code':'other_chain',
               'reason':'this is another chain: event 7 of https://rpc.example.org is not the one in the log (the value differs)',
               'needsReset':true},
             'scannedLedger':119,'tip':150,'lagLedgers':31,'lagSeconds':155,'historyFrom':80,
             'oldestLedger':100,'margin':20,'marginLow':true,
             'url':'https://rpc.example.org','version':'28.0.1',
             'standsStillSeconds':61,'standsStill':true,
             'eventsPerSecond':12.4,'ledgersPerSecond':0.2,
             'applied':41,'known':3,'anomalies':{'after_end':2},
             'unknownEvents':{'dispute_requested':1},
             'contractUpgrade':{'ledger':118,'at':'2027-01-15T08:00:00Z','oldWasm':'0a',
               'newWasm':'0b','alarm':false},
             'lastError':{'at':'2027-01-15T08:00:00Z','message':'HTTP 503'},
             'replay':{'fromLedger':90,'atLedger':95,'throughLedger':119,'applied':4,'known':12,
               'unreadable':2,'running':true},
             'sources':[
               {'url':'https://rpc.example.org','version':'28.0.1','oldestLedger':100,
                'latestLedger':150},
               {'url':'https://other.example.org','trouble':'does not answer'}],
             'followedBy':{'id':'7f3a','name':'east'},
             'unmodelledStreams':5,'unverifiedStreams':6,'quarantinedEvents':8}""");
    // whole numbers may be ints or longs
    assertThat(JSON.readTree(state().toString())).isEqualTo(wanted);
  }

  @Test
  void shouldTellHowAReplayHasEnded() {
    replay = new IndexerStatus.Replay(90, 95, 119, 4, 12, 2, false, Optional.of("cancelled"));
    assertThat(state().at("/replay/running").asBoolean(true)).isFalse();
    assertThat(state().at("/replay/error").asText()).isEqualTo("cancelled");
  }

  /** That is when the status is wanted most. */
  @Test
  void shouldTellItsStateWhileTheStoreIsAway() {
    records.away = true;
    assertThat(state().path("scannedLedger").asLong()).isEqualTo(119);
    assertThat(state().path("unverifiedStreams").isNull()).isTrue();
  }

  @Test
  void shouldShowSoManyEventsThatArePutAsideAndSayThatThereAreMore() {
    for (int i = 0; i < 100; i++) {
      records.aside.add(
          new PutAside(
              new ChainPosition(7, i + 1, 0, 0),
              "id " + i,
              "byte 7 is wrong",
              i == 0 ? Optional.of(new StreamId(3)) : Optional.empty(),
              new LogPosition(40 + i)));
    }
    JsonNode shown = JSON.valueToTree(resource.quarantined());
    assertThat(shown.path("events")).hasSize(100);
    assertThat(shown.path("more").asBoolean(true)).isFalse();
    assertThat(shown.at("/events/0").toString())
        .isEqualTo(
            "{\"id\":\"id 0\",\"reason\":\"byte 7 is wrong\",\"ledger\":7,\"streamId\":\"3\","
                + "\"position\":40}");

    records.aside.add(records.aside.get(99));
    shown = JSON.valueToTree(resource.quarantined());
    assertThat(shown.path("events")).hasSize(100);
    assertThat(shown.path("more").asBoolean()).isTrue();
  }
}
