package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An administrator takes a node out of the traffic, and back. */
@Timeout(60)
class DrainApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DRAIN = "/v1/admin/drain";

  @TempDir Path directory;
  private final RawStreams streams = new RawStreams();
  private ApiServer server;

  @AfterEach
  void stop() throws IOException {
    streams.close();
    server.close();
  }

  /** An event stream that has been greeted. */
  private Scanner subscriber() throws IOException {
    Scanner frames = new Scanner(streams.open(server, "/v1/events/subscribe?all=true"));
    assertThat(frames.findWithinHorizon("\"clientId\"", 0)).isNotNull();
    return frames;
  }

  private JsonNode ask(String method, String body, int status) throws Exception {
    var answer =
        method.equals("POST") ? server.post(DRAIN, body) : server.send(method, DRAIN, null);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private String state() throws Exception {
    return ask("GET", null, 200).path("state").asText();
  }

  private int ready() throws Exception {
    return server.get("/health/ready").statusCode();
  }

  @Test
  void shouldSendItsClientsAwayAndServeOn() throws Exception {
    server = new ApiServer(directory, Map.of());
    List<Scanner> clients = List.of(subscriber(), subscriber(), subscriber());
    assertThat(ask("GET", null, 200).path("connections").asInt()).isEqualTo(3);
    JsonNode begun = ask("POST", "{\"seconds\":0}", 202);
    assertThat(begun.path("state").asText()).isIn("leaving", "drained");
    assertThat(begun.path("since").asText()).isEqualTo(ApiServer.START.toString());
    assertThat(server.get("/health/ready").body())
        .contains("\"server\":\"an administrator has taken it out of the traffic\"");
    for (Scanner client : clients) {
      assertThat(client.findWithinHorizon("event: reconnect\\R.*\"shutdown\"", 0)).isNotNull();
    }
    await().until(() -> state().equals("drained"));
    await().until(() -> ask("GET", null, 200).path("connections").asInt() == 0);
    assertThat(ready()).isEqualTo(503);
    assertThat(server.get("/health/live").statusCode()).as("nobody restarts it").isEqualTo(200);
    // a balancer may not know yet
    Scanner late = subscriber();
    assertThat(server.create(TestAddresses.account(1)).statusCode()).isEqualTo(201);
    assertThat(late.findWithinHorizon("event: stream.created", 0)).isNotNull();
    JsonNode repeated = ask("POST", "{}", 202);
    assertThat(repeated).as("a repeat").isEqualTo(ask("GET", null, 200));
    assertThat(repeated.path("state").asText())
        .as("nobody is sent away again")
        .isEqualTo("drained");

    JsonNode back = ask("DELETE", null, 200);
    assertThat(back.path("state").asText()).isEqualTo("serving");
    assertThat(back.path("since").isNull()).isTrue();
    assertThat(ready()).isEqualTo(200);
    assertThat(ask("DELETE", null, 200)).as("a repeat").isEqualTo(back);
  }

  @Test
  void shouldKeepThoseWhoWereNotToldYet() throws Exception {
    server = new ApiServer(directory, Map.of());
    Scanner client = subscriber(); // the only one is told last
    assertThat(ask("POST", "{\"seconds\":600}", 202).path("state").asText()).isEqualTo("leaving");
    assertThat(ready()).isEqualTo(503);
    assertThat(ask("DELETE", null, 200).path("state").asText()).isEqualTo("serving");
    assertThat(ask("POST", "{\"seconds\":600}", 202).path("state").asText()).isEqualTo("leaving");
    ask("DELETE", null, 200);
    assertThat(ready()).isEqualTo(200);
    server.create(TestAddresses.account(1));
    assertThat(client.findWithinHorizon("event: (stream\\.created|reconnect)", 0))
        .isEqualTo("event: stream.created");
  }

  @Test
  void shouldRefuseAWrongWindowAndRecordWhoDidIt() throws Exception {
    server = SecuredServer.start(directory);
    String[] admin = SecuredServer.as(SecuredServer.ADMIN);
    for (String body :
        List.of("{\"seconds\":-1}", "{\"seconds\":601}", "{\"seconds\":null}", "{\"x\":1}")) {
      assertThat(server.post(DRAIN, body, admin).statusCode()).as(body).isEqualTo(400);
    }
    assertThat(ready()).isEqualTo(200);
    server.post(DRAIN, "{\"seconds\":0}", SecuredServer.as(SecuredServer.ALICE));
    server.post(DRAIN, "{\"seconds\":0}", admin);
    server.send("DELETE", DRAIN, null, admin);
    server.close();
    List<String> acts = new ArrayList<>();
    try (var files = Files.list(directory.resolve("audit"))) {
      for (String line : Files.readAllLines(files.findFirst().orElseThrow())) {
        JsonNode entry = JSON.readTree(line);
        if (entry.path("status").asInt() != 400) {
          acts.add(
              "%s %s %s %s"
                  .formatted(
                      entry.path("account").asText(),
                      entry.path("method").asText(),
                      entry.path("status"),
                      entry.path("details")));
        }
      }
    }
    assertThat(acts)
        .containsExactly(
            SecuredServer.ALICE + " POST 403 ",
            SecuredServer.ADMIN + " POST 202 {\"seconds\":\"0\"}",
            SecuredServer.ADMIN + " DELETE 200 ");
  }
}
