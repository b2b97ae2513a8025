package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The port of Chromium for developers, without its driver in between: that ends its session when a
 * tab crashes to which it has sent something, and knows no workers.
 */
final class DevTools {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String address;

  /**
   * @param address host and port
   */
  DevTools(String address) {
    this.address = address;
  }

  /** Crashes the process of a tab. Do not address that tab by the driver any more. */
  void crash(String tab) {
    String answer = send("page/" + tab, "Page.crash", JSON.createObjectNode());
    assertThat(answer).contains("Inspector.targetCrashed");
  }

  /** Runs a script in a tab; returns when it has begun, or when it has ended. */
  void begin(String tab, String script) {
    send(
        "page/" + tab,
        "Runtime.evaluate",
        JSON.createObjectNode().put("expression", "setTimeout(() => {" + script + "})"));
  }

  /** Closes a tab, also one that has crashed. */
  void close(String tab) {
    get("/json/close/" + tab);
  }

  /** Ends all shared workers, as if their processes had crashed. */
  int endWorkers() {
    int ended = 0;
    try {
      for (JsonNode target : JSON.readTree(get("/json/list"))) {
        if (target.path("type").asText().equals("shared_worker")) {
          ended++;
          send(
              "page/" + target.path("id").asText(),
              "Runtime.evaluate",
              JSON.createObjectNode().put("expression", "close()"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ended;
  }

  private String get(String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(PATIENCE).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a command, and returns the answer; "" if there is nobody left to answer it. */
  private String send(String target, String method, ObjectNode parameters) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            answer.complete(data.toString());
            return null;
          }

          @Override
          public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            answer.complete("");
            return null;
          }

          @Override
          public void onError(WebSocket socket, Throwable error) {
            answer.complete("");
          }
        };
    ObjectNode command = JSON.createObjectNode().put("id", 1).put("method", method);
    command.set("params", parameters);
    URI uri = URI.create("ws://" + address + "/devtools/" + target);
    WebSocket socket = client.newWebSocketBuilder().buildAsync(uri, listener).join();
    try {
      socket.sendText(command.toString(), true);
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method + " was not answered", e);
    } finally {
      socket.abort();
    }
  }
}
