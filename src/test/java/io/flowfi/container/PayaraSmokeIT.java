package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The WAR that runs on Tomcat also runs, unchanged, on another vendor's container. */
@Timeout(300)
class PayaraSmokeIT {
  @Test
  void shouldDeliverACommandToItsSubscribersAndResume() {
    String alice = TestAddresses.account(1);
    String bob = TestAddresses.account(2);
    try (PayaraServer server = PayaraServer.start(Map.of())) {
      HttpApi api = server.api();
      String cursor;
      try (EventStream events = server.events().query("users=" + bob).open()) {
        assertThat(events.header("content-type")).hasValue("text/event-stream;charset=UTF-8");
        events.nextConnected();
        api.create(HttpApi.newStream(alice, TestAddresses.account(3)));
        String id = api.create(HttpApi.newStream(alice, bob));
        SseFrame created = events.nextEvent("stream.created");
        assertThat(created.json().path("streamId").asText()).isEqualTo(id);
        assertThat(created.id()).isEqualTo("2");
        events.assertNothingUnexpected();
        cursor = events.lastEventId();
      }
      String missed = api.create(HttpApi.newStream(bob, alice));
      try (EventStream events = server.events().query("users=" + bob).lastEventId(cursor).open()) {
        events.nextConnected();
        assertThat(events.nextEvent("stream.created").json().path("streamId").asText())
            .isEqualTo(missed);
        server.stop();
        assertThat(events.awaitGone(Duration.ofSeconds(5))).isTrue();
      }
    }
  }
}
