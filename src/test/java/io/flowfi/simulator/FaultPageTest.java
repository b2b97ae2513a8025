package io.flowfi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

  private static HttpResponse<String> post(URI page, String form) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(page).POST(HttpRequest.BodyPublishers.ofString(form)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
