package io.flowfi.simulator;

import static io.flowfi.simulator.ContractEvents.executableUpdate;
import static io.flowfi.simulator.ContractEvents.paused;
import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.it.TestAddresses;
import io.flowfi.simulator.RpcFaults.Failure;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asserted here was read in the sources of {@code stellar-rpc}. */
class SimulatedRpcTest {
  private static final String SENDER = TestAddresses.account(1);
  private static final String RECIPIENT = TestAddresses.account(2);
  private static final String TOKEN = TestAddresses.contract(3);

  private final SimulatedChain chain = new SimulatedChain();
  private final SimulatedRpc rpc = new SimulatedRpc(chain);
  private final RpcCalls calls = new RpcCalls(rpc, chain);

  @AfterEach
  void close() {
    rpc.close();
  }

  @Test
  void shouldNumberTransactionsFromOneAndEventsFromZero() throws Exception {
    long ledger = chain.ledger(tx(created(1), created(2)), tx(created(3)).at(7));

    JsonNode result = calls.from(ledger, 10).path("result");

    assertThat(result.path("events").findValuesAsText("id"))
        .containsExactly(id(ledger, 1, 0, 0), id(ledger, 1, 0, 1), id(ledger, 7, 0, 0));
    assertThat(result.path("events").get(2).path("transactionIndex").asInt()).isEqualTo(7);
    assertThat(result.path("events").get(2).path("operationIndex").asInt()).isZero();
    assertThat(result.path("latestLedgerCloseTime").isTextual()).isTrue();
  }

  @Test
  void shouldEndAPageThatIsNotFullAtTheEndOfItsWindow() throws Exception {
    chain.skip(30_000);
    chain.ledger(tx(created(1)));

    JsonNode first = calls.from(chain.oldest(), 1000).path("result");
    assertThat(first.path("events")).isEmpty();
    assertThat(first.path("cursor").asText()).isEqualTo(endOf(chain.oldest() + 9_999));

    // a window behind a cursor begins in the cursor's own ledger
    JsonNode second = calls.behind(first.path("cursor").asText(), 1000).path("result");
    assertThat(second.path("cursor").asText()).isEqualTo(endOf(chain.oldest() + 19_998));

    assertThat(calls.follow(chain.oldest(), 1000)).hasSize(1);
  }

  @Test
  void shouldEndAFullPageAtItsLastEvent() throws Exception {
    long ledger = chain.ledger(tx(created(1), created(2), created(3)));

    JsonNode page = calls.from(ledger, 2).path("result");
    assertThat(page.path("cursor").asText()).isEqualTo(id(ledger, 1, 0, 1));
    assertThat(calls.behind(id(ledger, 1, 0, 1), 2).path("result").findValuesAsText("id"))
        .containsExactly(id(ledger, 1, 0, 2));

    for (int limit = 1; limit <= 5; limit++) {
      assertThat(calls.follow(chain.oldest(), limit)).hasSize(3).doesNotHaveDuplicates();
    }
  }

  @Test
  void shouldRefuseALedgerThatIsTooOldOrTooNewWithTheSameWords() throws Exception {
    chain.skip(99);
    rpc.retain(50);

    for (long ledger : List.of(1_049L, 1_100L)) {
      JsonNode error = calls.from(ledger, 10).path("error");
      assertThat(error.path("code").asInt()).isEqualTo(-32600);
      assertThat(error.path("message").asText())
          .isEqualTo("startLedger must be within the ledger range: 1050 - 1099");
    }
    assertThat(calls.behind(endOf(1_099), 10).path("result").path("cursor").asText())
        .isEqualTo(endOf(1_099));
  }

  @Test
  void shouldRefuseWrongParameters() throws Exception {
    assertError("{\"startLedger\":0}", "startLedger must be positive");
    assertError(
        "{\"startLedger\":1000,\"pagination\":{\"cursor\":\"" + endOf(1_000) + "\"}}",
        "ledger ranges and cursor cannot both be set");
    assertError(
        "{\"startLedger\":1000,\"pagination\":{\"limit\":10001}}", "limit must not exceed 10000");
    assertError(
        "{\"startLedger\":1000,\"filters\":[{\"type\":\"diagnostic\"}]}",
        "filter 1 invalid: filter type invalid: if set, type must be either 'system' or"
            + " 'contract'");
    assertThat(calls.call("getFriends", "{}").path("error").path("code").asInt()).isEqualTo(-32601);
    assertThat(calls.post("no JSON").statusCode()).isEqualTo(500);
  }

  @Test
  void shouldTellWhatTheContractStores() throws Exception {
    chain.ledger(tx(created(1)));
    long changed = chain.ledger(tx(paused(BigInteger.ONE, SENDER, BigInteger.TEN)));
    chain.skip(3);
    String keys =
        "{\"keys\":[\""
            + LedgerBytes.streamKey(chain, BigInteger.TWO)
            + "\",\""
            + LedgerBytes.streamKey(chain, BigInteger.ONE)
            + "\"]}";

    JsonNode result = calls.call("getLedgerEntries", keys).path("result");
    assertThat(result.path("entries")).hasSize(1);
    assertThat(result.path("entries").get(0).path("lastModifiedLedgerSeq").asLong())
        .isEqualTo(changed);
    assertThat(result.path("latestLedger").asLong()).isEqualTo(chain.latest());
    assertThat(chain.stream(BigInteger.ONE).orElseThrow().pausedAt())
        .isEqualTo(Optional.of(BigInteger.TEN));

    rpc.faults().lag(4);
    assertThat(
            calls
                .call("getLedgerEntries", keys)
                .path("result")
                .path("entries")
                .get(0)
                .path("lastModifiedLedgerSeq")
                .asLong())
        .isEqualTo(changed - 1);
  }

  @ParameterizedTest
  @EnumSource(RpcForm.class)
  void shouldTakeTheFormOfAVersion(RpcForm form) throws Exception {
    chain.ledger(tx(created(1), executableUpdate(new byte[32], new byte[32])));
    try (SimulatedRpc other = new SimulatedRpc(chain, form, 0)) {
      RpcCalls asked = new RpcCalls(other, chain);
      JsonNode result = asked.from(chain.oldest(), 10).path("result");
      JsonNode event = result.path("events").get(1);

      assertThat(event.path("type").asText()).isEqualTo("system");
      assertThat(event.has("pagingToken")).isEqualTo(form == RpcForm.V22);
      assertThat(event.has("transactionIndex")).isEqualTo(form != RpcForm.V22);
      assertThat(event.has("inSuccessfulContractCall")).isEqualTo(form != RpcForm.V30);
      assertThat(result.path("latestLedgerCloseTime").isNumber()).isEqualTo(form == RpcForm.V30);
      int size = asked.call("getLatestLedger", "{}").toString().length();
      assertThat(size > 1_000_000).isEqualTo(form.since(RpcForm.V25));
      assertThat(asked.call("getHealth", "{}").path("result").path("status").asText())
          .isEqualTo("healthy");
      assertThat(asked.call("getVersionInfo", "{}").path("result").path("version").asText())
          .isEqualTo(form.version());
    }
  }

  @Test
  void shouldFailAsItIsTold() throws Exception {
    chain.ledger(tx(created(1)));
    rpc.faults().retryAfter(2);
    rpc.faults().fail(Failure.TOO_MANY_REQUESTS, 1);
    HttpResponse<String> refused = calls.post("{\"method\":\"getHealth\"}");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("2");
    assertThat(calls.from(chain.oldest(), 10).path("result").path("events")).hasSize(1);

    rpc.faults().greatestLimit(10);
    assertThat(calls.from(chain.oldest(), 11).path("error").path("code").asInt()).isEqualTo(-32001);

    rpc.faults().emptyPages(true);
    assertThat(calls.from(1, 10).path("result").path("events")).isEmpty();

    rpc.faults().lag(1);
    assertThat(calls.from(chain.oldest(), 10).path("result").path("latestLedger").asLong())
        .isEqualTo(chain.latest() - 1);

    rpc.faults().clear();
    rpc.faults().tamper(chain.events().get(0).id(), created(2));
    assertThat(
            calls
                .from(chain.oldest(), 10)
                .path("result")
                .path("events")
                .get(0)
                .path("value")
                .asText())
        .isEqualTo(created(2).value().base64());
  }

  @Test
  void shouldServePreparedPagesUntilSomethingChanges() throws Exception {
    for (int id = 1; id <= 25; id++) {
      chain.ledger(tx(created(id)));
    }
    List<String> before = calls.follow(chain.oldest(), 10);
    JsonNode first = calls.from(chain.oldest(), 10).path("result");
    rpc.prepare(chain.oldest(), 10, chain.latest());
    assertThat(calls.follow(chain.oldest(), 10)).isEqualTo(before).hasSize(25);
    assertThat(calls.from(chain.oldest(), 10).path("result")).isEqualTo(first);

    chain.ledger(tx(created(26)));
    assertThat(calls.follow(chain.oldest(), 10)).hasSize(26);
    rpc.faults().lag(2);
    assertThat(calls.follow(chain.oldest(), 10)).hasSize(24);
    rpc.prepare(chain.oldest(), 10, chain.latest() - 1);
    assertThat(calls.follow(chain.oldest(), 10)).hasSize(24);
    rpc.faults().lag(1);
    assertThat(calls.follow(chain.oldest(), 10)).isEqualTo(before);
  }

  private void assertError(String params, String message) throws Exception {
    JsonNode error = calls.call("getEvents", params).path("error");
    assertThat(error.path("code").asInt()).isEqualTo(-32602);
    assertThat(error.path("message").asText()).isEqualTo(message);
  }

  private static SimulatedEvent created(long id) {
    return streamCreated(id, SENDER, RECIPIENT, TOKEN, 10, 10_000, 1_790_000_000);
  }

  private static String id(long ledger, int transaction, int operation, long event) {
    long toid = ledger * (1L << 32) + transaction * 4096L + operation;
    return String.format("%019d-%010d", toid, event);
  }

  private static String endOf(long ledger) {
    return id(ledger, 1_048_575, 4_095, 4_294_967_295L);
  }
}
