package io.flowfi.clients;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SplitHttpResponse;
import com.linecorp.armeria.common.stream.StreamTimeoutMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Follows everything with Armeria's web client, which has no parser of its own. */
final class FollowArmeria {
  private final WebClient client;
  private final String path;
  private final Position position;

  private FollowArmeria(URI url) {
    // without these it ends a response after 15 s, and one of more than 10 MB
    client =
        WebClient.builder(url.resolve("/")).responseTimeoutMillis(0).maxResponseLength(0).build();
    path = url.getRawPath() + "?" + url.getRawQuery();
    position = new Position(url.toString());
  }

  public static void main(String[] arguments) throws InterruptedException {
    FollowArmeria follower = new FollowArmeria(URI.create(arguments[0]));
    while (Position.isToComeBack(follower.end())) {
      TimeUnit.SECONDS.sleep(2);
    }
  }

  private String end() {
    try {
      follow();
      return "completed";
    } catch (IOException | RuntimeException lost) {
      return "failed: " + lost;
    }
  }

  private void follow() throws IOException {
    SplitHttpResponse response =
        client
            .execute(RequestHeaders.of(HttpMethod.GET, path, "Last-Event-ID", position.last()))
            .split();
    if (response.headers().join().status().code() != 200) {
      throw new IOException(response.headers().join().toString());
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                response
                    .body()
                    .timeout(Duration.ofSeconds(45), StreamTimeoutMode.UNTIL_NEXT)
                    .toInputStream(Function.identity()),
                StandardCharsets.UTF_8))) {
      String type = null;
      String id = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          position.heard(type, id);
          type = null;
          id = null;
        } else if (line.startsWith("event: ")) {
          type = line.substring("event: ".length());
        } else if (line.startsWith("id: ")) {
          id = line.substring("id: ".length());
        }
      }
    }
  }
}
