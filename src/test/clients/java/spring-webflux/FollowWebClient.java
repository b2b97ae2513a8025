package io.flowfi.clients;

import java.net.URI;
import java.time.Duration;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/** Follows everything with Spring's WebClient, whose flux ends when the connection does. */
final class FollowWebClient {
  private static final ParameterizedTypeReference<ServerSentEvent<String>> EVENT =
      new ParameterizedTypeReference<>() {};

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private FollowWebClient() {}

  public static void main(String[] arguments) {
    Position position = new Position(arguments[0]);
    WebClient client =
        WebClient.builder()
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(16 << 20))
            .build();
    Flux.defer(
            () ->
                client
                    .get()
                    .uri(URI.create(arguments[0]))
                    .header("Last-Event-ID", position.last())
                    .retrieve()
                    .bodyToFlux(EVENT))
        .timeout(Duration.ofSeconds(45))
        .doOnNext(event -> position.heard(event.event(), event.id()))
        .repeatWhen(
            ends -> ends.takeWhile(end -> Position.isToComeBack("completed")).delayElements(PAUSE))
        .retryWhen(
            Retry.fixedDelay(Long.MAX_VALUE, PAUSE)
                .filter(error -> Position.isToComeBack("failed: " + error)))
        .blockLast();
  }
}
