package io.flowfi.clients;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.client.DefaultHttpClientConfiguration;
import io.micronaut.http.client.sse.SseClient;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/** Follows everything with Micronaut's SseClient, whose publisher ends when the connection does. */
final class FollowMicronaut {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private FollowMicronaut() {}

  public static void main(String[] arguments) throws MalformedURLException {
    Position position = new Position(arguments[0]);
    URL server = URI.create(arguments[0]).resolve("/").toURL();
    DefaultHttpClientConfiguration configuration = new DefaultHttpClientConfiguration();
    configuration.setReadTimeout(Duration.ofSeconds(45));
    SseClient client = SseClient.create(server, configuration);
    Flux.defer(
            () ->
                client.eventStream(
                    HttpRequest.GET(arguments[0]).header("Last-Event-ID", position.last()),
                    String.class))
        .doOnNext(event -> position.heard(event.getName(), event.getId()))
        .repeatWhen(
            ends -> ends.takeWhile(end -> Position.isToComeBack("completed")).delayElements(PAUSE))
        .retryWhen(
            Retry.fixedDelay(Long.MAX_VALUE, PAUSE)
                .filter(error -> Position.isToComeBack("failed: " + error)))
        .blockLast();
  }
}
