package io.flowfi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.UndecodableEventException;
import io.flowfi.indexer.xdr.XdrEventDecoder;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.Address;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FaultPageTest {
  private final SimulatedChain chain = new SimulatedChain();

  @Test
  void shouldMakeFaultsAndTakeThemBack() throws Exception {
    try (SimulatedContract contract = new SimulatedContract(chain, 1);
        SimulatedRpc rpc = new SimulatedRpc(chain)) {
      URI page = FaultPage.open(rpc, contract);
      RpcCalls calls = new RpcCalls(rpc, chain);
      chain.skip(10);

      assertThat(post(page, "lag=3&greatest-limit=20").statusCode()).isEqualTo(200);
      assertThat(calls.from(1_000, 20).path("result").path("latestLedger").asLong())
          .isEqualTo(1_007);
      assertThat(calls.from(1_000, 21).has("error")).isTrue();

      assertThat(post(page, "clear").statusCode()).isEqualTo(200);
      assertThat(calls.from(1_000, 21).path("result").path("latestLedger").asLong())
          .isEqualTo(1_010);

      post(page, "event=upgrade");
      contract.play(1, 1);
      assertThat(chain.events()).anyMatch(event -> event.event().system());

      assertThat(post(page, "rain=1").statusCode()).isEqualTo(400);
      assertThat(post(page, "lag=much").statusCode()).isEqualTo(400);
    }
  }

  /** Whatever has a button; and what the decoder makes of the events. */
  @Test
  void shouldDoWhatEachButtonSays() throws Exception {
    try (SimulatedContract contract = new SimulatedContract(chain, 1);
        SimulatedRpc rpc = new SimulatedRpc(chain)) {
      URI page = FaultPage.open(rpc, contract);
      contract.play(1, 1);
      XdrEventDecoder decoder = new XdrEventDecoder(new Address(chain.contractId()), odd -> {});
      Map<String, Boolean> readable = new TreeMap<>();
      for (String button : buttons(page)) {
        assertThat(post(page, button).statusCode()).as(button).isEqualTo(200);
        if (button.startsWith("event=")) {
          contract.play(1, 1);
          PlacedEvent played = chain.events().get(chain.events().size() - 1);
          readable.put(button, isReadable(decoder, played));
        } else if (button.equals("reset-chain=")) {
          post(page, "clear="); // among the faults is one that gives no answer
          assertThat(new RpcCalls(rpc, chain).follow(chain.oldest(), 100))
              .isNotEqualTo(chain.events().stream().map(PlacedEvent::id).toList());
        }
      }
      assertThat(readable)
          .isEqualTo(
              Map.of(
                  "event=unknown", true,
                  "event=upgrade", true,
                  "event=garbage", false,
                  "event=cut-off", false,
                  "event=byte-too-many", false,
                  "event=wrong-length", false,
                  "event=key-twice", false,
                  "event=deep", false));
      assertThat(post(page, "event=rain").statusCode()).isEqualTo(400);
      assertThat(post(page, "rate=10001").statusCode()).isEqualTo(400);
    }
  }

  private static List<String> buttons(URI page) throws Exception {
    String html =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    return Pattern.compile("<button name='([^']*)' value='([^']*)'>")
        .matcher(html)
        .results()
        .map(button -> button.group(1) + "=" + button.group(2))
        // as people do: the events belong to the chain of the test
        .sorted(Comparator.comparing(button -> button.startsWith("reset-chain")))
        .toList();
  }

  private static boolean isReadable(XdrEventDecoder decoder, PlacedEvent played) {
    SimulatedEvent event = played.event();
    try {
      decoder.decode(
          new RpcEvent(
              played.id(),
              event.system() ? RpcEvent.Kind.SYSTEM : RpcEvent.Kind.CONTRACT,
              new ChainPosition(played.place().ledger(), played.place().transaction(), 0, 0),
              played.closedAt(),
              new SimulatedChain().contractId(),
              played.transactionHash(),
              event.topics().stream().map(ChainValue::xdr).toList(),
              event.value().xdr()));
      return true;
    } catch (UndecodableEventException e) {
      return false;
    }
  }

  private static HttpResponse<String> post(URI page, String form) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(page).POST(HttpRequest.BodyPublishers.ofString(form)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
