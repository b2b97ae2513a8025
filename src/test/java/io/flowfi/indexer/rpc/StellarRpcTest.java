package io.flowfi.indexer.rpc;

import static io.flowfi.indexer.rpc.PageJson.CONTRACT;
import static io.flowfi.indexer.rpc.ScriptedNode.PASSPHRASE;
import static io.flowfi.indexer.rpc.ScriptedNode.error;
import static io.flowfi.indexer.rpc.ScriptedNode.http;
import static io.flowfi.indexer.rpc.ScriptedNode.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.indexer.ChainSource;
import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.indexer.EntryPage;
import io.flowfi.indexer.EntryState;
import io.flowfi.indexer.EventPage;
import io.flowfi.indexer.PageStart;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.SourceHealth;
import io.flowfi.payment.Address;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StellarRpcTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final PageStart START = new PageStart.AtLedger(1400);
  private static final Limits PATIENT =
      new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(60), 1 << 20);
  private static final Limits LARGE =
      new Limits(PATIENT.connect(), PATIENT.answer(), PATIENT.call(), 4 << 20);
  private static final Limits HASTY =
      new Limits(Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(60), 1 << 20);

  private ScriptedNode node;
  private ChainSource source;

  @BeforeEach
  void start() throws IOException {
    node = new ScriptedNode();
    source = source(node.url(), PATIENT);
    node.says("getEvents", result(PageJson.PAGE));
  }

  @AfterEach
  void stop() {
    source.close();
    node.close();
  }

  private static ChainSource source(String url, Limits limits) {
    RpcSettings settings =
        new RpcSettings(RpcSettings.parse(url), PASSPHRASE, Address.parse("contract", CONTRACT));
    RpcUrl parsed = settings.urls().get(0);
    return new StellarRpc(parsed.name(), parsed, settings, limits, () -> NOW);
  }

  private ChainSourceException failure() {
    return failure(source);
  }

  private static ChainSourceException failure(ChainSource of) {
    return catchThrowableOfType(ChainSourceException.class, () -> of.events(START, 1000));
  }

  @Test
  void shouldAskForOneContractWithOneFilterAndNoTopics() throws Exception {
    source.events(START, 77);
    assertThat(node.last().params())
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"startLedger":1400,"filters":[{"type":"contract,system","contractIds":["%s"]}],
                    "pagination":{"limit":77},"xdrFormat":"base64"}"""
                        .formatted(CONTRACT)));
  }

  /** Servers of JSON-RPC refuse a question that does not say what it is. */
  @Test
  void shouldSayThatItAsksInJson() {
    source.events(START, 77);
    assertThat(node.asked)
        .allSatisfy(
            asked -> {
              assertThat(asked.version()).isEqualTo("2.0");
              assertThat(asked.headers().get("Content-type")).containsExactly("application/json");
              assertThat(asked.headers().get("Accept")).containsExactly("application/json");
            });
  }

  @Test
  void shouldGoOnBehindACursorWithoutALedger() {
    source.events(new PageStart.Behind(PageJson.end(1400)), 1000);
    assertThat(node.last().params().has("startLedger")).isFalse();
    assertThat(node.last().params().at("/pagination/cursor").asText())
        .isEqualTo(PageJson.end(1400));
  }

  @Test
  void shouldCheckANodeOnceBeforeItsFirstAnswerAndAfterEachFailure() {
    source.events(START, 1000);
    source.events(START, 1000);
    assertThat(node.methods()).containsExactly("getNetwork", "getHealth", "getEvents", "getEvents");
    node.asked.clear();

    node.says("getEvents", http(500, ""));
    failure();
    node.says("getEvents", result(PageJson.PAGE));
    source.events(START, 1000);

    assertThat(node.methods()).containsExactly("getEvents", "getNetwork", "getHealth", "getEvents");
  }

  /** Behind its address there may be another node by then. */
  @Test
  void shouldCheckANodeAgainThatHasContradictedItself() {
    source.events(START, 1000);
    node.asked.clear();
    node.says("getEvents", result(PageJson.PAGE.replace("\"ledger\":1500", "\"ledger\":1501")));
    failure();
    failure();
    assertThat(node.methods()).containsExactly("getEvents", "getNetwork", "getHealth", "getEvents");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Public Global Stellar Network", "test sdf network ; september 2015", ""})
  void shouldNotReadANodeOfAnotherNetwork(String passphrase) {
    node.says("getNetwork", result("{\"passphrase\":\"" + passphrase + "\"}"));
    assertThat(failure().kind()).isEqualTo(Kind.OTHER_NETWORK);
    assertThat(node.methods()).containsOnly("getNetwork");
  }

  @Test
  void shouldSeeThatTheNetworkChangedBehindAnAddress() {
    source.events(START, 1000);
    node.says("getEvents", error(-32600, "startLedger must be within the ledger range: 2 - 90"));
    node.says("getNetwork", result("{\"passphrase\":\"Standalone Network ; February 2017\"}"));
    assertThat(failure().kind()).isEqualTo(Kind.OUT_OF_RANGE);
    assertThat(failure().kind()).isEqualTo(Kind.OTHER_NETWORK);
  }

  @Test
  void shouldNotReadANodeThatIsNotHealthy() {
    node.says(
        "getHealth",
        error(-32603, "latency (1m0s) since last known ledger closed is too high (>30s)"));
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure()).hasMessageContaining("latency (1m0s)");
    node.says("getHealth", result(ScriptedNode.health(10, 2000).replace("healthy", "catching up")));
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure()).hasMessage("the node is not healthy");
    assertThat(node.methods()).doesNotContain("getEvents");
  }

  @Test
  void shouldTellTheRangeOfANodeWhoseLedgersItMissed() {
    node.says(
        "getEvents", error(-32600, "startLedger must be within the ledger range: 1500 - 2617"));
    ChainSourceException failure = failure();
    assertThat(failure.kind()).isEqualTo(Kind.OUT_OF_RANGE);
    assertThat(failure.oldest()).hasValue(1500);
    assertThat(failure.latest()).hasValue(2617);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "could not scan events: database is locked",
        "startLedger must be within the ledger range",
        "startLedger must be within the ledger range: 12345678901 - 12345678902",
        "startLedger must be within the ledger range: 90 - 12",
        "startLedger must be within the ledger range: 12 - 12345678901",
        ""
      })
  void shouldNotTakeAFaultOfTheDatabaseForARange(String message) {
    node.says("getEvents", error(-32600, message));
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure().oldest()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-32001, request exceeded processing limit threshold, TOO_MUCH",
    "-32602, limit must not exceed 100, TOO_MUCH",
    "-32602, filter 1 invalid, UNUSABLE",
    "-32601, method not found, UNUSABLE",
    "-32603, data stores are not initialized, UNREACHABLE",
    "-32003, request failed to process due to internal issue, UNREACHABLE",
    "-32098, rpc queue for getEvents surpassed queue limit of 1000 requests, BUSY"
  })
  void shouldTellErrorsApart(int code, String message, Kind kind) {
    node.says("getEvents", error(code, message));
    assertThat(failure().kind()).isEqualTo(kind);
    assertThat(failure()).hasMessage(code + " " + message);
  }

  @Test
  void shouldReadAnErrorThatDoesNotSayWhy() {
    node.says("getEvents", http(200, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600}}"));
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure()).hasMessage("-32600 ");
  }

  /** For whoever has to find out; what stands there may be anything, and is not shown. */
  @Test
  void shouldSayWhereAnAnswerCannotBeRead() {
    node.says(
        "getEvents", result(PageJson.PAGE.replace("\"ledger\":1500", "\"ledger\":\"s3cret\"")));
    assertThat(failure())
        .hasMessage(
            "the answer cannot be read at result.events.0.ledger:"
                + " a value of the wrong kind or size")
        .satisfies(
            failed -> {
              StringWriter trace = new StringWriter();
              failed.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain("s3cret");
            });
  }

  /** As the oldest versions answer. */
  @Test
  void shouldReadAPageThatDoesNotSayWhereTheHistoryBegins() {
    node.says("getEvents", result(PageJson.PAGE.replace("\"oldestLedger\":10,", "")));
    EventPage page = source.events(START, 1000);
    assertThat(page.oldestLedger()).isEmpty();
    assertThat(page.events()).hasSize(2);
  }

  /** So it is with every question of an indexer that has caught up. */
  @Test
  void shouldReadOnBehindTheNewestLedger() {
    node.says("getEvents", result(empty(10, 2000, PageJson.end(2000))));
    EventPage page = source.events(new PageStart.Behind(PageJson.end(2000)), 1000);
    assertThat(page.events()).isEmpty();
    assertThat(page.cursor()).isEqualTo(PageJson.end(2000));
  }

  @Test
  void shouldReadAnEmptyAnswerOutsideOfItsRangeAsOne() {
    node.says("getEvents", result(empty(1500, 2000, PageJson.end(2000))));
    assertThat(failure().kind()).isEqualTo(Kind.OUT_OF_RANGE);
    assertThat(failure().oldest()).hasValue(1500);
    node.says("getEvents", result(empty(10, 1399, PageJson.end(1399))));
    assertThat(failure().latest()).hasValue(1399);
  }

  @Test
  void shouldNotTrustAPageWhoseFirstLedgerWasForgottenWhileItWasRead() {
    node.says("getEvents", result(empty(1400, 2000, PageJson.end(2000))));
    node.says("getHealth", result(ScriptedNode.health(1400, 2000)));
    assertThat(source.events(START, 1000).events()).isEmpty();
    assertThat(node.methods()).containsExactly("getNetwork", "getHealth", "getEvents", "getHealth");

    node.says("getHealth", result(ScriptedNode.health(1401, 2001)));
    ChainSourceException failure = failure();
    assertThat(failure.kind()).isEqualTo(Kind.OUT_OF_RANGE);
    assertThat(failure.oldest()).hasValue(1401);
    assertThat(failure.latest()).as("of the same moment").hasValue(2001);
  }

  @Test
  void shouldNotAskForTheRangeAgainWhereNothingCanHaveBeenForgotten() {
    node.says("getEvents", result(empty(1000, 2000, PageJson.end(2000))));
    for (int poll = 0; poll < 3; poll++) {
      source.events(new PageStart.Behind(PageJson.end(1900)), 1000);
    }
    assertThat(node.methods())
        .as("900 ledgers are left, and an answer takes milliseconds")
        .containsExactly("getNetwork", "getHealth", "getEvents", "getEvents", "getEvents");
  }

  @ParameterizedTest
  @CsvSource({
    "100, 0, false",
    "10, 0, false",
    "9, 0, true",
    "0, 0, true",
    "-1, 0, true",
    "1009, 1000, true",
    "1010, 1000, false",
    "15009, 15000, true"
  })
  void shouldExpectMoreToBeForgottenTheLongerAnAnswerTakes(
      long left, long millis, boolean forgotten) {
    assertThat(StellarRpc.mayBeForgotten(5000 + left, 5000, Duration.ofMillis(millis)))
        .isEqualTo(forgotten);
  }

  private static String empty(long oldest, long latest, String cursor) {
    return "{\"events\":[],\"latestLedger\":%d,\"oldestLedger\":%d,\"cursor\":\"%s\"}"
        .formatted(latest, oldest, cursor);
  }

  @ParameterizedTest
  @CsvSource({
    "429, BUSY",
    "503, BUSY",
    "504, TOO_MUCH",
    "408, TOO_MUCH",
    "500, UNREACHABLE",
    "502, UNREACHABLE",
    "401, UNUSABLE",
    "404, UNUSABLE",
    "204, UNUSABLE"
  })
  void shouldTellStatusesApart(int status, Kind kind) {
    node.says("getEvents", http(status, status == 204 ? "" : "<html>sorry</html>"));
    assertThat(failure().kind()).isEqualTo(kind);
    assertThat(failure()).hasMessage("HTTP status " + status);
  }

  @Test
  void shouldNotFollowARedirect() {
    node.says("getEvents", http(308, "", "Location", "/elsewhere"));
    assertThat(failure().kind()).isEqualTo(Kind.UNUSABLE);
    assertThat(node.asked).noneMatch(asked -> asked.path().contains("elsewhere"));
  }

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "0, PT0S",
    "301, PT5M",
    "99999999999999999999, PT5M",
    "'Sun, 29 Nov 2026 12:01:30 GMT', PT1M30S",
    "'Sun, 29 Nov 2026 13:00:00 GMT', PT5M",
    "'Sun, 29 Nov 2026 11:00:00 GMT', PT0S"
  })
  void shouldObeyTheNodesWishToWait(String header, Duration wait) {
    node.says("getEvents", http(429, "", "Retry-After", header));
    assertThat(failure().retryAfter()).hasValue(wait);
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-5", "1.5", "Someday, 99 Foo 2026"})
  void shouldIgnoreAWishThatNobodyUnderstands(String header) {
    node.says("getEvents", http(503, "", "Retry-After", header));
    assertThat(failure().retryAfter()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE html><html>",
        "",
        "[]",
        "7",
        "{}",
        "{\"id\":4,\"result\":null}",
        "{\"id\":3,\"result\":{},\"error\":{\"code\":-32603,\"message\":\"no\"}}"
      })
  void shouldNotTakeAnotherAnswerForJsonRpc(String body) {
    node.says("getEvents", http(200, body, "Content-Type", "application/json"));
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure()).hasMessageStartingWith("the answer is no JSON-RPC");
  }

  @Test
  void shouldNotTakeACutAnswerForAWholeOne() {
    String whole = "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":" + PageJson.PAGE + "}";
    node.says("getEvents", ScriptedNode.cut(whole));
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    for (int length = 1; length < whole.length(); length += 40) {
      node.says("getEvents", http(200, whole.substring(0, length)));
      assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    }
  }

  @Test
  void shouldNotTakeTheAnswerToAnotherRequest() {
    node.says(
        "getEvents", http(200, "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":" + PageJson.PAGE + "}"));
    assertThat(failure()).hasMessage("the answer is to another request");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"ledger\":1500 | \"ledger\":1501",
        "\"ledger\":1500 | \"ledger\":9223372036854775808",
        "\"ledger\":1500 | \"ledger\":1500.5",
        "\"ledger\":1500 | \"ledger\":1e400",
        "\"ledger\":1500 | \"ledger\":null",
        "\"ledger\":1500, | ''",
        "\"transactionIndex\":1 | \"transactionIndex\":2",
        "\"transactionIndex\":1 | \"transactionIndex\":4294967297",
        "\"operationIndex\":0 | \"operationIndex\":1",
        "\"operationIndex\":0, | ''",
        "\"transactionIndex\":1, | ''",
        "\"latestLedger\":2000 | \"latestLedger\":1499",
        "\"latestLedger\":2000 | \"latestLedger\":4294967296",
        "\"latestLedger\":2000 | \"latestLedger\":2147483648",
        "\"oldestLedger\":10 | \"oldestLedger\":-1",
        "\"latestLedger\":2000 | \"latestLedger\":-1",
        "\"latestLedger\":2000, | ''",
        "-0000000000\" | -4294967295\"",
        "-0000000000\" | -0\"",
        "\"0000006442450948096-0000000000\" | \"9999999999999999999-0000000000\"",
        "\"0000006442450948096-0000000000\" | \"0000006442450948096\"",
        "\"0000006442450948096-0000000000\" | \"+000006442450948096-0000000000\"",
        "\"0000006442450948096-0000000000\" | \"٠000006442450948096-0000000000\"",
        "\"type\":\"contract\" | \"type\":\"diagnostic\"",
        "\"txHash\":\"ab | \"txHash\":\"AB",
        "\"contractId\":\"CCFQ | \"contractId\":\"CAFQ",
        "\"value\":\"AAAAAQ==\" | \"value\":\"AAAAAQ!!\"",
        "\"value\":\"AAAAAQ==\" | \"value\":\"AAAAA\"",
        "\"value\":\"AAAAAQ==\" | \"value\":null",
        "\"topic\":[\" | \"topic\":[null,\"",
        "2026-09-21T14:13:20Z | 2026-09-31T14:13:20Z",
        "2026-09-21T14:13:20Z | 1969-09-21T14:13:20Z",
        "2026-09-21T14:13:20Z | -1",
        "2026-09-21T14:13:20Z | 253402300800",
        "2026-09-21T14:13:20Z | +10000-09-21T14:13:20Z",
        "\"cursor\":\"0000008594229559295 | \"cursor\":\"0000008598524526591",
        "\"cursor\":\"0000008594229559295 | \"cursor\":\"0000006438155976703",
        "\"cursor\": | \"other\":"
      })
  void shouldRefuseAnAnswerThatContradictsItself(String right, String wrong) {
    String page = PageJson.PAGE;
    assertThat(page).contains(right);
    node.says("getEvents", result(page.replace(right, wrong)));
    assertThat(failure().kind()).isEqualTo(Kind.UNUSABLE);
    assertThat(failure().getMessage()).isNotBlank();
  }

  @Test
  void shouldRefuseEventsOutOfTheirOrderOrBeforeTheirLedger() {
    String page = PageJson.PAGE;
    String first = page.substring(page.indexOf('[') + 1, page.indexOf(",{\"type\":\"system\""));
    String second =
        page.substring(page.indexOf("{\"type\":\"system\""), page.indexOf("],\"latest"));
    node.says("getEvents", result(page.replace(second, second + "," + first)));
    assertThat(failure()).hasMessageContaining("out of order");

    node.says("getEvents", result(page));
    PageStart later = new PageStart.AtLedger(1501);
    assertThat(catchThrowableOfType(ChainSourceException.class, () -> source.events(later, 1000)))
        .hasMessageContaining("out of order");
  }

  @Test
  void shouldLeaveKnownEventsToTheReader() {
    PageStart behindFirst = new PageStart.Behind(PageJson.id(1500, 1, 0, 0));
    assertThat(source.events(behindFirst, 1000).events()).hasSize(2);

    String page = PageJson.PAGE;
    String first = page.substring(page.indexOf('[') + 1, page.indexOf(",{\"type\":\"system\""));
    node.says("getEvents", result(page.replace(first, first + "," + first)));
    assertThat(source.events(START, 1000).events()).hasSize(3);
  }

  @Test
  void shouldRefuseMoreEventsThanItAskedFor() {
    assertThat(
            catchThrowableOfType(ChainSourceException.class, () -> source.events(START, 1)).kind())
        .isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void shouldRefuseToGoBack() {
    node.says("getEvents", result(empty(10, 2000, PageJson.end(1399))));
    assertThat(failure()).hasMessageContaining("is before what was told");
    PageStart behind = new PageStart.Behind(PageJson.id(1400, 2, 0, 7));
    node.says("getEvents", result(empty(10, 2000, PageJson.id(1400, 2, 0, 6))));
    assertThat(catchThrowableOfType(ChainSourceException.class, () -> source.events(behind, 1000)))
        .hasMessageContaining("is before what was told");
    node.says("getEvents", result(empty(10, 2000, PageJson.id(1400, 2, 0, 7))));
    assertThat(source.events(behind, 1000).events()).isEmpty();
  }

  @Test
  void shouldRefuseAnAnswerWithSomethingBehindIt() {
    node.says(
        "getEvents",
        http(200, "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":" + PageJson.PAGE + "}{}"));
    assertThat(failure().kind()).isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void shouldReadTheCursorOfAFullPage() {
    String last = PageJson.id(1500, 2, 0, 3);
    node.says("getEvents", result(PageJson.PAGE.replace(PageJson.end(2000), last)));
    EventPage page = source.events(START, 2);
    assertThat(page.isFull()).isTrue();
    assertThat(page.cursor()).isEqualTo(last);
  }

  @Test
  @Timeout(60)
  void shouldNotWaitForTheEndOfABodyForever() {
    node.says("getEvents", node.hangingAfter("{\"jsonrpc\":"));
    byte[] question = "{\"id\":1,\"method\":\"getEvents\"}".getBytes(StandardCharsets.UTF_8);
    try (HttpNode hasty = new HttpNode(RpcUrl.parse(node.url()), HASTY, () -> NOW)) {
      assertThat(
              catchThrowableOfType(
                      ChainSourceException.class, () -> hasty.post(question, Duration.ofMinutes(5)))
                  .kind())
          .isEqualTo(Kind.TOO_MUCH);
    }
  }

  /** The other nodes wait for it: it must not take the time of an answer for each request. */
  @Test
  @Timeout(60)
  void shouldGiveAllRequestsOfACallOneTimeTogether() {
    node.says("getNetwork", node.hangingAfter(""));
    Limits hasty =
        new Limits(
            PATIENT.connect(), PATIENT.answer(), Duration.ofMillis(500), PATIENT.bodyBytes());
    try (ChainSource of = source(node.url(), hasty)) {
      assertThat(failure(of))
          .hasMessageMatching("no answer to a check: no whole answer within [0-9]{1,3} ms");
    }
  }

  @Test
  void shouldNotAskForFewerEventsBecauseACheckTookTooLong() {
    node.says("getHealth", node.hangingAfter(""));
    try (ChainSource hasty = source(node.url(), HASTY)) {
      assertThat(failure(hasty).kind()).isEqualTo(Kind.UNREACHABLE);
    }
  }

  @Test
  void shouldNotTakeMoreThanItsLimitOfBytes() {
    node.says("getEvents", http(200, "{\"unknown\":\"" + "x".repeat(1 << 20) + "\"}"));
    assertThat(failure().kind()).isEqualTo(Kind.TOO_MUCH);
    assertThat(failure()).hasMessage("an answer of more than 1048576 bytes");
  }

  /** What is earned depends on it. */
  @Test
  void shouldTellWhenEachLedgerOfAPageClosed() {
    String page = PageJson.PAGE;
    int second = page.indexOf("{\"type\":\"system\"");
    String later =
        page.substring(second)
            .replace("\"ledger\":1500", "\"ledger\":1501")
            .replace(PageJson.id(1500, 2, 0, 3), PageJson.id(1501, 2, 0, 3))
            .replace("14:13:20Z", "14:13:25Z");
    node.says("getEvents", result(page.substring(0, second) + later));
    assertThat(source.events(START, 1000).events())
        .extracting(RpcEvent::closedAt)
        .containsExactly(1_790_000_000L, 1_790_000_005L);
  }

  @Test
  void shouldKnowNoTimeWhereTheNodeKnowsNone() {
    node.says("getEvents", result(PageJson.PAGE.replace("\"1790000005\"", "\"0\"")));
    assertThat(source.events(START, 1000).latestCloseTime()).isEmpty();
  }

  @Test
  void shouldAskForNoMoreThanANodeGives() {
    List<String> many = Collections.nCopies(201, "AAAB");
    for (ThrowingCallable question :
        List.<ThrowingCallable>of(
            () -> source.events(START, 0),
            () -> source.events(START, 1001),
            () -> source.entries(List.of()),
            () -> source.entries(many))) {
      assertThatIllegalArgumentException().isThrownBy(question);
    }
    assertThat(node.asked).isEmpty();
  }

  /** Those that an operator names are read within the limits that are promised. */
  @Test
  void shouldTakeNoMoreThan32MebibytesFromANodeOfTheSettings() {
    byte[] part = new byte[1 << 20];
    node.says(
        "getEvents",
        (exchange, id) -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i <= 32; i++) {
            exchange.getResponseBody().write(part);
          }
        });
    RpcSettings settings =
        new RpcSettings(
            RpcSettings.parse(node.url()), PASSPHRASE, Address.parse("contract", CONTRACT));
    try (ChainSource standard = settings.sources(() -> NOW).get(0)) {
      assertThat(failure(standard)).hasMessage("an answer of more than 33554432 bytes");
    }
  }

  /** An event of a call that failed is none, whatever a version says of the call. */
  @Test
  void shouldReadEventsOfEveryCall() {
    String successful = "\"inSuccessfulContractCall\":true";
    assertThat(PageJson.PAGE).contains(successful);
    node.says(
        "getEvents",
        result(PageJson.PAGE.replace(successful, successful.replace("true", "false"))));
    assertThat(source.events(START, 1000).events()).hasSize(2);
  }

  /** A contract may publish one; what it means is the decoder's to say. */
  @Test
  void shouldReadAnEventWithoutTopics() {
    String topics = "\"topic\":[\"AAAADwAAAAVwcmljZQAAAA==\"],";
    assertThat(PageJson.PAGE).contains(topics);
    node.says("getEvents", result(PageJson.PAGE.replace(topics, "")));
    assertThat(source.events(START, 1000).events())
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.topics()).isEmpty());
  }

  @Test
  void shouldReadABodyWhateverItsPieces() {
    String unknown = "{\"unknown\":\"" + "x".repeat(200_000) + "\",";
    node.says("getEvents", result(PageJson.PAGE.replaceFirst("\\{", unknown)));
    assertThat(source.events(START, 1000).events()).hasSize(2);
    node.says("getEvents", ScriptedNode.drippingResult(PageJson.PAGE));
    assertThat(source.events(START, 1000).events()).hasSize(2);
  }

  @Test
  void shouldRefuseMoreTokensThanMemoryCanHave() {
    node.says("getEvents", http(200, "{\"unknown\":[" + "0,".repeat(500_000) + "0]}"));
    try (ChainSource large = source(node.url(), LARGE)) {
      assertThat(failure(large).kind()).isEqualTo(Kind.UNREACHABLE);
      node.says("getEvents", http(200, "{\"unknown\":[" + "0,".repeat(1_000_000) + "0]}"));
      assertThat(failure(large).kind()).isEqualTo(Kind.UNUSABLE);
    }
  }

  @Test
  void shouldRefuseNestingWithoutEnd() {
    node.says("getEvents", http(200, "{\"unknown\":" + "[".repeat(100_000)));
    assertThat(failure().kind()).isEqualTo(Kind.UNUSABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"ledger\":1500", "\"cursor\":\"0\"", "\"latestLedger\":2000"})
  void shouldRefuseAMemberThatOccursTwice(String member) {
    String name = member.substring(0, member.indexOf(':'));
    String page = PageJson.PAGE;
    node.says("getEvents", result(page.replaceFirst(name, member + "," + name)));
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure()).hasMessageContaining("twice");
  }

  @Test
  void shouldSayThatNobodyListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (ChainSource absent = source("http://127.0.0.1:" + port, PATIENT)) {
      assertThat(failure(absent).kind()).isEqualTo(Kind.UNREACHABLE);
    }
  }

  @Test
  void shouldEndARequestUnderWayWhenItIsClosed() throws Exception {
    source.events(START, 1000);
    CompletableFuture<Void> begun = new CompletableFuture<>();
    ScriptedNode.Reply hanging = node.hangingAfter("{");
    node.says(
        "getEvents",
        (exchange, id) -> {
          begun.complete(null);
          hanging.to(exchange, id);
        });
    CompletableFuture<ChainSourceException> failed = CompletableFuture.supplyAsync(this::failure);
    begun.get(30, TimeUnit.SECONDS);
    source.close();
    assertThat(failed.get(30, TimeUnit.SECONDS).kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void shouldTellTheHealthAndVersionOfANode() {
    node.says(
        "getHealth",
        result(
            "{\"status\":\"healthy\",\"latestLedger\":2000,\"oldestLedger\":10,\"latestLedgerCloseTime\":1790000005}"));
    assertThat(source.health())
        .isEqualTo(new SourceHealth(true, "27.1.1", 2000, 10, OptionalLong.of(1_790_000_005L)));
    node.says("getHealth", result(ScriptedNode.health(10, 2001)));
    assertThat(source.health())
        .isEqualTo(new SourceHealth(true, "27.1.1", 2001, 10, OptionalLong.empty()));
    assertThat(node.methods()).doesNotContain("getLatestLedger");
  }

  /** It may answer while it catches up: then others are asked whether they are further. */
  @Test
  void shouldTellThatANodeInUseIsNotWell() {
    source.events(START, 1000);
    node.says("getHealth", result(ScriptedNode.health(10, 2000).replace("healthy", "catching up")));
    assertThat(source.health())
        .isEqualTo(new SourceHealth(false, "27.1.1", 2000, 10, OptionalLong.empty()));
  }

  @Test
  void shouldUseANodeThatDoesNotTellItsVersion() {
    node.says("getVersionInfo", error(-32601, "method not found"));
    assertThat(source.health())
        .isEqualTo(new SourceHealth(true, "", 2000, 10, OptionalLong.empty()));
    node.says("getVersionInfo", result("{\"commitHash\":\"abc\"}"));
    assertThat(source.health().version()).isEmpty();
    node.says("getVersionInfo", http(500, ""));
    assertThat(catchThrowableOfType(ChainSourceException.class, source::health).kind())
        .as("it does not answer at all any more")
        .isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void shouldReadEntries() {
    node.says(
        "getLedgerEntries",
        result(
            """
            {"entries":[{"key":"AAAB","xdr":"AAAC","lastModifiedLedgerSeq":1999,"liveUntilLedgerSeq":9000,"extXdr":"AAAAAA=="},
            {"key":"AAAD","xdr":"AAAE","lastModifiedLedgerSeq":7}],"latestLedger":2000}"""));
    assertThat(source.entries(List.of("AAAB", "AAAD", "AAAF")))
        .isEqualTo(
            new EntryPage(
                List.of(
                    new EntryState("AAAB", "AAAC", 1999, 9000),
                    new EntryState("AAAD", "AAAE", 7, 0)),
                2000));
    assertThat(node.last().params().toString()).contains("\"keys\":[\"AAAB\",\"AAAD\",\"AAAF\"]");
    assertThat(node.last().params().path("xdrFormat").asText()).isEqualTo("base64");
    assertThat(
            catchThrowableOfType(ChainSourceException.class, () -> source.entries(List.of("AAAB")))
                .kind())
        .isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void shouldReadNoEntryTwice() {
    String entry = "{\"key\":\"AAAB\",\"xdr\":\"AAAC\",\"lastModifiedLedgerSeq\":7}";
    node.says(
        "getLedgerEntries",
        result("{\"entries\":[" + entry + "," + entry + "],\"latestLedger\":2000}"));
    assertThat(
            catchThrowableOfType(
                ChainSourceException.class, () -> source.entries(List.of("AAAB", "AAAD"))))
        .hasMessageContaining("one twice");
  }

  @Test
  void shouldReadThatThereAreNoEntries() {
    node.says("getLedgerEntries", result("{\"entries\":null,\"latestLedger\":2000}"));
    assertThat(source.entries(List.of("AAAB")).entries()).isEmpty();
    assertThat(source.entries(Collections.nCopies(200, "AAAB")).entries()).isEmpty();
  }

  /** The queue of a server that accepts nobody is full: the next one gets no answer at all. */
  @Test
  @Timeout(60)
  void shouldNotWaitForAConnectionAsLongAsForAnAnswer() throws IOException {
    List<Socket> queue = new ArrayList<>();
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      boolean full = false;
      while (!full && queue.size() < 100) {
        Socket next = new Socket();
        queue.add(next);
        try {
          next.connect(deaf.getLocalSocketAddress(), 200);
        } catch (SocketTimeoutException e) {
          full = true;
        }
      }
      assumeThat(full).as("this system drops connections that nobody accepts").isTrue();
      Limits hasty =
          new Limits(Duration.ofMillis(200), PATIENT.answer(), PATIENT.call(), PATIENT.bodyBytes());
      try (ChainSource absent = source("http://127.0.0.1:" + deaf.getLocalPort(), hasty)) {
        assertThat(failure(absent)).hasMessage("no connection in time");
        assertThat(failure(absent).kind()).isEqualTo(Kind.UNREACHABLE);
      }
    } finally {
      for (Socket one : queue) {
        one.close();
      }
    }
  }

  @Test
  void shouldGoThroughTheProxyOfTheJvm() {
    ProxySelector before = ProxySelector.getDefault();
    ProxySelector.setDefault(
        ProxySelector.of(new InetSocketAddress("127.0.0.1", URI.create(node.url()).getPort())));
    try (ChainSource behindProxy = source("http://node.invalid/rpc", PATIENT)) {
      assertThat(behindProxy.events(START, 1000).events()).hasSize(2);
      assertThat(node.last().path()).isEqualTo("http://node.invalid/rpc");
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void shouldSendCredentialsAndNeverShowThem() {
    String url = node.url().replace("://", "://joe:pass%20word@") + "/v1/k3yInPath?key=k3yInQuery";
    try (ChainSource secret = source(url, PATIENT)) {
      assertThat(secret.name()).isEqualTo(node.url());
      secret.events(START, 1000);
      assertThat(node.last().path()).isEqualTo("/v1/k3yInPath?key=k3yInQuery");
      assertThat(node.last().headers().get("Authorization"))
          .containsExactly("Basic am9lOnBhc3Mgd29yZA==");

      node.says(
          "getEvents", error(-32000, "no project k3yInPath or k3yInQuery of 'pass word'\r\n"));
      assertThat(failure(secret)).hasMessage("-32000 no project *** or *** of '***'  ");
      node.says("getEvents", http(500, "k3yInPath"));
      StringWriter trace = new StringWriter();
      failure(secret).printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).doesNotContain("k3yInPath", "k3yInQuery", "word");
    }
  }

  /** Each of them, as it is written and as it is meant; words that everybody uses stay. */
  @Test
  void shouldTakeEveryPartOfItsAddressOutOfWhatANodeSays() {
    String url =
        node.url().replace("://", "://joe:pass%20word@")
            + "/abcd/abcdefgh%21ij?key=q%20uery&x=wxyz";
    node.says(
        "getEvents",
        error(
            -32000,
            "joe key x abcd, wxyz, abcdefgh!ij, abcdefgh%21ij, q uery, q%20uery,"
                + " pass word, pass%20word"));
    try (ChainSource secret = source(url, PATIENT)) {
      assertThat(failure(secret))
          .hasMessage("-32000 joe key x " + String.join(", ", Collections.nCopies(8, "***")));
    }
  }
}
