package io.flowfi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** Asks a node as any client would. */
final class RpcCalls {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final SimulatedRpc rpc;
  private final String contract;

  RpcCalls(SimulatedRpc rpc, SimulatedChain chain) {
    this.rpc = rpc;
    this.contract = chain.contractId();
  }

  HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(rpc.url())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The whole answer. */
  JsonNode call(String method, String params) throws Exception {
    return JSON.readTree(
        post("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\""
                + method
                + "\",\"params\":"
                + params
                + "}")
            .body());
  }

  /** The answer to {@code getEvents} from a ledger on. */
  JsonNode from(long ledger, int limit) throws Exception {
    return events("\"startLedger\":" + ledger + ",\"pagination\":{\"limit\":" + limit + "}");
  }

  /** The answer to {@code getEvents} behind a cursor. */
  JsonNode behind(String cursor, int limit) throws Exception {
    return events("\"pagination\":{\"cursor\":\"" + cursor + "\",\"limit\":" + limit + "}");
  }

  /** The ids of all events, page by page, as a reader of cursors gets them. */
  List<String> follow(long ledger, int limit) throws Exception {
    List<String> ids = new ArrayList<>();
    JsonNode page = from(ledger, limit);
    while (true) {
      JsonNode result = page.path("result");
      result.path("events").forEach(event -> ids.add(event.path("id").asText()));
      String cursor = result.path("cursor").asText();
      boolean atEnd = EventPlace.parse(cursor).ledger() >= result.path("latestLedger").asLong();
      if (result.path("events").size() < limit && atEnd) {
        return ids;
      }
      page = behind(cursor, limit);
    }
  }

  private JsonNode events(String start) throws Exception {
    return call(
        "getEvents",
        "{"
            + start
            + ",\"filters\":[{\"type\":\"contract,system\",\"contractIds\":[\""
            + contract
            + "\"]}]}");
  }
}
