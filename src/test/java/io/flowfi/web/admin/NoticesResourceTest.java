package io.flowfi.web.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.flowfi.fanout.Connections;
import io.flowfi.log.LogIdentity;
import io.flowfi.sse.Broadcasters;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.UriInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NoticesResourceTest {
  private final List<String> sent = new ArrayList<>();

  private NoticesResource resource(Optional<CompletableFuture<Integer>> told) {
    Broadcasters broadcasters =
        new Broadcasters(
            (filter, frame) -> {
              sent.add(new String(frame, StandardCharsets.UTF_8));
              return told;
            });
    return new NoticesResource(
        broadcasters, null, Optional.empty(), new LogIdentity("test"), () -> Instant.EPOCH);
  }

  private static NoticesResource.Sent send(NoticesResource resource) throws IOException {
    return send(resource, "{\"message\":\"at noon\"}");
  }

  private static NoticesResource.Sent send(NoticesResource resource, String body)
      throws IOException {
    UriInfo uri = answering(UriInfo.class, new MultivaluedHashMap<String, String>());
    return resource.send(
        new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)),
        uri,
        answering(HttpServletRequest.class, null));
  }

  /** Has one answer to every question. */
  private static <T> T answering(Class<T> what, Object answer) {
    return what.cast(
        Proxy.newProxyInstance(
            what.getClassLoader(), new Class<?>[] {what}, (proxy, method, args) -> answer));
  }

  @Test
  void shouldCountWhomItsBroadcastReaches() throws IOException {
    NoticesResource resource = resource(Optional.of(CompletableFuture.completedFuture(3)));
    assertThat(send(resource).connections()).isEqualTo(3);
    assertThat(sent)
        .containsExactly(
            "event: notice\ndata: {\"message\":\"at noon\",\"severity\":\"info\","
                + "\"at\":\"1970-01-01T00:00:00Z\"}\n\n");
  }

  /** One that is open, and does not get it. */
  @Test
  void shouldCountNoClientForWhomTooMuchWaits() throws IOException {
    for (boolean told : List.of(true, false)) {
      NoticesResource resource =
          new NoticesResource(
              null,
              answering(Connections.class, Optional.of(told)),
              Optional.empty(),
              new LogIdentity("test"),
              () -> Instant.EPOCH);
      assertThat(send(resource, "{\"message\":\"for one\",\"clientId\":\"c-1\"}").connections())
          .isEqualTo(told ? 1 : 0);
    }
  }

  @Test
  void shouldSayThatItIsToBeSentLaterWhileTooManyAreOnTheirWay() {
    NoticesResource resource = resource(Optional.empty());
    assertThatThrownBy(() -> send(resource))
        .hasMessageContaining("too many notices are on their way")
        .asInstanceOf(type(ProblemException.class))
        .satisfies(
            problem -> {
              assertThat(problem.problem().status()).isEqualTo(503);
              assertThat(problem.retryAfterSeconds()).isEqualTo(1);
            });
  }
}
