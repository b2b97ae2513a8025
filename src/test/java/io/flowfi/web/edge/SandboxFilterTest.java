package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is rejected on its way to the sandbox says so as all of its answers do. */
@Timeout(60)
class SandboxFilterTest {
  private static final String FOREIGN = "Origin: https://evil.example";

  @Test
  void shouldMarkWhatAnotherFilterRejects() throws Exception {
    OriginSettings origins = OriginSettings.parse("https://app.example.com");
    WalletLogin login = new WalletLogin(false);
    try (EdgeServer server =
        new EdgeServer(new SandboxFilter(true), new CrossSiteFilter(origins, login))) {
      assertThat(refusal(server, "POST /?SANDBOX=true"))
          .as("an error further on, but never a request to the real ledger")
          .startsWith("{\"sandbox\":true,\"type\":");
      assertThat(refusal(server, "POST /?sandbox=true")).startsWith("{\"sandbox\":true,\"type\":");
      assertThat(refusal(server, "POST /", "X-Sandbox-Mode: true"))
          .startsWith("{\"sandbox\":true,\"type\":");
      assertThat(refusal(server, "POST /")).startsWith("{\"type\":");
      assertThat(refusal(server, "POST /?sandbox=false")).startsWith("{\"type\":");
    }
  }

  private static String refusal(EdgeServer server, String request, String... more)
      throws Exception {
    String[] headers = new String[more.length + 1];
    headers[0] = FOREIGN;
    System.arraycopy(more, 0, headers, 1, more.length);
    try (RawClient client = server.send(request, headers)) {
      assertThat(client.status()).isEqualTo(403);
      return client.rest();
    }
  }
}
