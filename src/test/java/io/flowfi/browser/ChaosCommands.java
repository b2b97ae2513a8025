package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.it.HttpApi;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Changes streams beside those who follow them, past all proxies, and reads what they are then.
 * Threads may share one.
 */
final class ChaosCommands {
  private final HttpApi api;
  private final String account;
  private final Supplier<String> token;
  private final Random random;
  private final AtomicLong created = new AtomicLong();

  /**
   * @param account an administrator, who sends all streams
   * @param token of this account, a good one
   */
  ChaosCommands(HttpApi api, String account, Supplier<String> token, Random random) {
    this.api = api;
    this.account = account;
    this.token = token;
    this.random = random;
  }

  /** The position of the latest event. */
  long head() {
    return get("v1/events?limit=1&order=desc").path("events").path(0).path("seq").asLong();
  }

  /** Whether the server says that it wants no traffic. */
  boolean isUnready() {
    return api.get("health/ready").status() == 503;
  }

  /** Creates streams, and changes them in all ways. */
  void change(int streams) {
    for (int i = 0; i < streams; i++) {
      String id = create();
      switch (random.nextInt(5)) {
        case 0 -> post("v1/streams/" + id + "/pause", HttpApi.object());
        case 1 -> {
          post("v1/streams/" + id + "/pause", HttpApi.object());
          post("v1/streams/" + id + "/resume", HttpApi.object());
        }
        case 2 -> post("v1/streams/" + id + "/top-up", HttpApi.object().put("amount", "12345"));
        case 3 -> post("v1/streams/" + id + "/cancel", HttpApi.object());
        default -> post("v1/streams/" + id + "/withdraw", HttpApi.object().put("amount", "7"));
      }
    }
  }

  /** Creates a stream, and returns its id. */
  String create() {
    HttpApi.Answer answer = tryToCreate();
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    created.incrementAndGet();
    return answer.json().path("streamId").asText();
  }

  private HttpApi.Answer tryToCreate() {
    return api.post(
        "v1/streams",
        HttpApi.newStream(account, OtherClient.newAccount()),
        "Authorization",
        "Bearer " + token.get());
  }

  /** How many streams there are. */
  long created() {
    return created.get();
  }

  private JsonNode post(String path, ObjectNode body) {
    HttpApi.Answer answer = api.post(path, body, "Authorization", "Bearer " + token.get());
    assertThat(answer.status()).as(answer.body()).isIn(200, 201);
    return answer.json();
  }

  /** What the server answers, with a token of the account. */
  JsonNode get(String path) {
    return api.get(path, "Authorization", "Bearer " + token.get()).json();
  }

  /** The state of all streams, without what changes with every second. */
  Map<String, JsonNode> state() {
    Map<String, JsonNode> streams = new TreeMap<>();
    String cursor = "";
    do {
      JsonNode page = get("v1/streams?limit=100" + cursor);
      page.path("streams")
          .forEach(
              s ->
                  streams.put(
                      s.path("streamId").asText(), ((ObjectNode) s).without("claimableAmount")));
      cursor = "&cursor=" + page.path("nextCursor").asText();
      if (!page.path("hasMore").asBoolean()) {
        return streams;
      }
    } while (true);
  }

  /** Creates streams as long as the server takes them, which may end at any moment. */
  void createWhileItServes(int most) {
    try {
      for (int i = 0; i < most && tryToCreate().status() == 201; i++) {
        created.incrementAndGet();
      }
    } catch (UncheckedIOException gone) {
      // it has ended
    }
  }
}
