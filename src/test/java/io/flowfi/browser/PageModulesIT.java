package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.stellar.sdk.KeyPair;

/** The page's own computations, run in the browser and compared with the server's. */
class PageModulesIT {
  @RegisterExtension
  static final BrowserSession<StaticPages> SESSION = new BrowserSession<>(StaticPages::start);

  private final Browser browser = SESSION.browser();

  @BeforeEach
  void openThePageWhoseModulesTheyAre() {
    browser.open(SESSION.server().uri().resolve("test-client.html"));
  }

  @Test
  void shouldWorkUnderAStrictContentSecurityPolicy() {
    browser.awaitText("request", "GET /v1/events/subscribe?all=true");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void shouldFindNoGapInContiguousPositions() {
    assertThat(
            verdict(
                "{all: true, types: []}",
                "g.connected(5, 5); [6, 7, 8].forEach(n => g.event(n, {}))"))
        .isEqualTo("ok: no gaps");
  }

  @Test
  void shouldSeeAMissingPosition() {
    assertThat(
            verdict(
                "{all: true, types: []}", "g.connected(5, 5); [6, 8].forEach(n => g.event(n, {}))"))
        .isEqualTo("bad: 1 missing");
  }

  @Test
  void shouldSeeThatTheFirstEventAfterAResumeIsMissing() {
    assertThat(
            verdict(
                "{all: true, types: []}",
                "g.connected(5, 5); g.event(6, {}); g.connected(6, 9); g.event(8, {})"))
        .isEqualTo("bad: 1 missing");
  }

  @Test
  void shouldSeeARepeatedPosition() {
    assertThat(
            verdict(
                "{all: true, types: []}",
                "g.connected(5, 5); [6, 7, 7, 8].forEach(n => g.event(n, {}))"))
        .isEqualTo("bad: 1 repeated or out of order");
  }

  @Test
  void shouldSeeAMissingVersionBehindAFilter() {
    String stream7 = "const at = (n, v) => g.event(n, {streamId: '7', version: v});";
    String filter = "{all: false, types: []}";
    assertThat(verdict(filter, "g.connected(5, 5);" + stream7 + "at(6, 1); at(9, 2); at(20, 3)"))
        .isEqualTo("ok: no gaps");
    assertThat(verdict(filter, "g.connected(5, 5);" + stream7 + "at(6, 1); at(9, 3)"))
        .isEqualTo("bad: 1 missing");
  }

  @Test
  void shouldCheckFromTheEndOfASnapshot() {
    String begin = "g.connected(9, 9); g.snapshot({streamId: '1', version: 4}); g.snapshotEnd(11);";
    assertThat(verdict("{all: true, types: []}", begin + "g.event(12, {})"))
        .isEqualTo("ok: no gaps");
    assertThat(verdict("{all: true, types: []}", begin + "g.event(13, {})"))
        .isEqualTo("bad: 1 missing");
  }

  @Test
  void shouldStartAgainAfterAReset() {
    assertThat(verdict("{all: true, types: []}", "g.connected(5, 5); g.reset(90); g.event(91, {})"))
        .isEqualTo("warn: no gaps since the reset");
  }

  /** Some clients and proxies turn blocks without data into such messages. */
  @Test
  void shouldGoOnAfterAMessageWithoutDataAndKeepItsPosition() {
    Object seen =
        browser.run(
            "return import('/lib/flowfi-events.js').then(async ({FlowFiEvents}) => {"
                + "  class Fake extends EventTarget { close() {} }"
                + "  const made = new Promise(resolve => { window.EventSource ="
                + "    class extends Fake { constructor() { super(); resolve(this); } }; });"
                + "  const client = new FlowFiEvents({all: true, eventSource: true, share: 'own'}); const got = [];"
                + "  client.on('event', e => got.push(e.id));"
                + "  const fake = await client.open() && await made;"
                + "  await new Promise(resolve => setTimeout(resolve));"
                + "  const say = (type, data, lastEventId) =>"
                + "    fake.dispatchEvent(new MessageEvent(type, {data, lastEventId}));"
                + "  say('message', '{\"type\":\"connected\",\"log\":\"a\",\"head\":5}', '5');"
                + "  say('message', '', '');"
                + "  say('stream.created', '', '');"
                + "  say('stream.created', '{\"streamId\":\"1\"}', '6');"
                + "  say('heartbeat', '{\"head\":9}', '9');"
                + "  say('heartbeat', '', '');"
                + "  const seen = got.join() + ' ' + client.position; client.close(); return seen; })");
    assertThat(seen).isEqualTo("6 9");
  }

  @Test
  @SuppressWarnings("unchecked")
  void shouldMakeAddressesThatTheServerAccepts() {
    List<String> addresses =
        (List<String>)
            browser.run(
                "return import('/shared/strkey.js').then(m => [...Array(100)]"
                    + ".flatMap(() => [m.randomAccount(), m.randomContract()]))");
    assertThat(addresses).hasSize(200).doesNotHaveDuplicates();
    assertThat(addresses)
        .allSatisfy(
            a -> assertThatCode(() -> Address.parse("address", a)).doesNotThrowAnyException());
  }

  @Test
  void shouldComputeWhatIsClaimableAsTheServerDoes() {
    String max = Amount.MAX_VALUE.toString();
    for (String[] c :
        new String[][] {
          // rate, deposited, withdrawn, start, paused at, paused seconds, now
          {"5", "1000", "0", "100", "", "0", "100"},
          {"5", "1000", "20", "100", "", "0", "150"},
          {"5", "1000", "20", "100", "", "0", "99999"},
          {"5", "1000", "20", "100", "", "30", "150"},
          {"5", "1000", "20", "100", "140", "10", "99999"},
          {"5", "1000", "0", "100", "", "0", "50"},
          {max, max, "1", "0", "", "0", "253402300799"},
          {"9007199254740993", max, "7", "0", "", "1", "1000000007"},
        }) {
      OptionalLong pausedAt =
          c[4].isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(c[4]));
      PaymentStream stream = stream(c, pausedAt);
      Object inThePage =
          browser.run(
              "const c = arguments[0]; return import('/shared/amounts.js').then(m => String(m.claimable({"
                  + "ratePerSecond: c[0], depositedAmount: c[1], withdrawnAmount: c[2], startTime: Number(c[3]),"
                  + "pausedAt: c[4] === '' ? null : Number(c[4]), totalPausedDuration: Number(c[5]),"
                  + "status: c[4] === '' ? 'ACTIVE' : 'PAUSED'}, Number(c[6]))))",
              List.of(c));
      assertThat(inThePage)
          .as(String.join(" ", c))
          .isEqualTo(stream.claimable(Long.parseLong(c[6])).orElseThrow().toString());
    }
  }

  private static PaymentStream stream(String[] c, OptionalLong pausedAt) {
    Amount withdrawn =
        c[2].equals("0") ? Amount.ZERO : Amount.parsePositive("withdrawnAmount", c[2]);
    return new PaymentStream(
        StreamId.parse("streamId", "1"),
        Address.parse("sender", KeyPair.random().getAccountId()),
        Address.parse("recipient", KeyPair.random().getAccountId()),
        Address.parse("tokenAddress", KeyPair.random().getAccountId()),
        Amount.parsePositive("ratePerSecond", c[0]),
        Amount.parsePositive("depositedAmount", c[1]),
        withdrawn,
        Long.parseLong(c[3]),
        0,
        pausedAt.isPresent() ? StreamStatus.PAUSED : StreamStatus.ACTIVE,
        pausedAt,
        Long.parseLong(c[5]),
        1,
        Origin.API,
        Optional.empty());
  }

  private String verdict(String filters, String steps) {
    return (String)
        browser.run(
            "return import('/test/gaps.js').then(({GapCheck}) => { const g = new GapCheck("
                + filters
                + ");"
                + steps
                + "; const v = g.verdict(); return v.tone + ': ' + v.word; })");
  }
}
