package io.flowfi.it;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Published clients that are cut off in the middle of a block, by a proxy for example, resume
 * without loss: see {@code src/test/clients/cuts.test.js}.
 */
@Timeout(180)
class CutConnectionsIT {
  private static final int EVENTS = 4;

  @Test
  void shouldLoseNothingWithClientsThatStoreAnIdBeforeItsBlockIsComplete() throws Exception {
    NodeProject clients =
        NodeProject.install(
            Path.of("src/test/clients"), "what clients make of a stream that is cut off");
    ObjectNode recording = HttpApi.object();
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      recording.put("first", newClient(server));
      ArrayNode after = recording.putArray("after");
      for (int position = 0; position <= EVENTS; position++) {
        after.add(resumed(server, position));
      }
    }
    Files.writeString(clients.folder().resolve("recording.json"), recording.toString());
    NodeProject.test(List.of(clients.folder().resolve("cuts.test.js")));
  }

  /** With an idle time after half of the events. */
  private static String newClient(TomcatServer server) {
    try (EventStream stream = EventStream.at(server.port()).query("all=true&heartbeat=2").open()) {
      stream.nextConnected();
      String id =
          server
              .api()
              .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      ObjectNode amount = HttpApi.object().put("amount", "1");
      for (int event = 2; event <= EVENTS; event++) {
        if (event == EVENTS / 2 + 1) {
          String halfway = Integer.toString(EVENTS / 2);
          stream.awaitFrame(
              frame -> "heartbeat".equals(frame.event()) && halfway.equals(frame.position()));
        }
        server.api().post("/v1/streams/" + id + "/top-up", amount);
      }
      stream.awaitFrame(frame -> Integer.toString(EVENTS).equals(frame.position()));
      return stream.text();
    }
  }

  private static String resumed(TomcatServer server, int position) {
    try (EventStream stream =
        EventStream.at(server.port()).lastEventId(Integer.toString(position)).open()) {
      stream.awaitFrame(frame -> Integer.toString(EVENTS).equals(frame.position()));
      return stream.text();
    }
  }
}
