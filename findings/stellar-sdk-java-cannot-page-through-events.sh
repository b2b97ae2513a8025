#!/usr/bin/env bash
# Stellar's Java SDK 0.44.0 cannot go on behind a page of events.
#
# Expected: getEvents is read page by page. A page looks at 10,000 ledgers at most, so the page of a contract that was
#   silent for longer is empty though there are events behind it. Its cursor says where to go on.
# Happens: the SDK drops the cursor of the answer, so an empty page looks like the end: it has no event whose paging
#   token could be used, and a latestLedger far ahead. And it cannot send a cursor: startLedger must be given, and a node
#   refuses both together. What is left, going on at latestLedger + 1, loses every event in between.
# Way out: JSON-RPC by hand, with the cursor of the answer after each page that is not full, or the id of the last event
#   after a full one.
# Version: network.lightsail:stellar-sdk 0.44.0 (org.stellar.sdk.SorobanServer). The node here says what stellar-rpc 21.5
#   to 28 say: cursors and windows as in getEvents of https://github.com/stellar/stellar-rpc, refusals with its words.
# Source: https://developers.stellar.org/docs/data/apis/rpc/api-reference/methods/getEvents
#
# Needs: Maven and a JDK of 17 or above. Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>try</groupId>
  <artifactId>try</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>network.lightsail</groupId>
      <artifactId>stellar-sdk</artifactId>
      <version>0.44.0</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Page.java <<'JAVA'
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.stellar.sdk.SorobanServer;
import org.stellar.sdk.requests.sorobanrpc.GetEventsRequest;
import org.stellar.sdk.requests.sorobanrpc.SorobanRpcErrorResponse;
import org.stellar.sdk.responses.sorobanrpc.GetEventsResponse;

public class Page {
  static final long LATEST = 31_500;
  static final long EVENT_AT = 31_000;
  static final String CONTRACT = "CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA";

  /** The last cursor of a ledger. */
  static String endOf(long ledger) {
    return "%019d-4294967295".formatted(ledger << 32 | 0xFFFFFFFFL);
  }

  /** A node with one event, after 30,000 ledgers of silence. */
  static String answer(JsonObject params) {
    JsonObject pagination = params.getAsJsonObject("pagination");
    boolean behind = pagination != null && pagination.has("cursor");
    if (behind && params.has("startLedger")) {
      return "\"error\":{\"code\":-32602,\"message\":\"ledger ranges and cursor cannot both be set\"}";
    }
    long start =
        behind
            ? Long.parseLong(pagination.get("cursor").getAsString().split("-")[0]) >> 32
            : params.get("startLedger").getAsLong();
    if (start > LATEST) {
      return "\"error\":{\"code\":-32600,\"message\":"
          + "\"startLedger must be within the ledger range: 1000 - 31500\"}";
    }
    long end = Math.min(LATEST, start + 9_999);
    String event =
        """
        {"type":"contract","ledger":%d,"ledgerClosedAt":"2026-09-21T14:13:20Z","contractId":"%s","id":"%019d-0000000000",\
        "pagingToken":"%3$019d-0000000000","inSuccessfulContractCall":true,"txHash":"%s","topic":["AAAADwAAAARwYWlk"],\
        "value":"AAAAAQ=="}"""
            .formatted(EVENT_AT, CONTRACT, EVENT_AT << 32 | 1 << 12, "ab".repeat(32));
    return "\"result\":{\"events\":[%s],\"latestLedger\":%d,\"cursor\":\"%s\"}"
        .formatted(start <= EVENT_AT && EVENT_AT <= end ? event : "", LATEST, endOf(end));
  }

  public static void main(String[] arguments) throws Exception {
    HttpServer node =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.createContext(
        "/",
        exchange -> {
          JsonObject request =
              JsonParser.parseString(new String(exchange.getRequestBody().readAllBytes()))
                  .getAsJsonObject();
          JsonObject params = request.getAsJsonObject("params");
          byte[] body =
              ("{\"jsonrpc\":\"2.0\",\"id\":" + request.get("id") + "," + answer(params) + "}")
                  .getBytes();
          System.out.println("  asked: " + params);
          System.out.println("  told:  " + new String(body));
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    node.start();
    SorobanServer sdk = new SorobanServer("http://127.0.0.1:" + node.getAddress().getPort());
    GetEventsRequest.EventFilter filter =
        GetEventsRequest.EventFilter.builder().contractIds(List.of(CONTRACT)).build();

    System.out.println("the first page");
    GetEventsResponse page =
        sdk.getEvents(GetEventsRequest.builder().startLedger(1000L).filter(filter).build());
    System.out.println("  read:  " + page);
    boolean dropped = page.getEvents().isEmpty() && !page.toString().contains("cursor");

    System.out.println("behind the cursor that the node told, with a start ledger");
    GetEventsRequest.PaginationOptions cursor =
        GetEventsRequest.PaginationOptions.builder().cursor(endOf(10_999)).build();
    boolean refused = false;
    try {
      sdk.getEvents(
          GetEventsRequest.builder()
              .startLedger(1000L)
              .filter(filter)
              .pagination(cursor)
              .build());
    } catch (SorobanRpcErrorResponse e) {
      System.out.println("  read:  " + e);
      refused = e.getCode() == -32602;
    }

    System.out.println("and without one");
    boolean needed = false;
    try {
      GetEventsRequest.builder().filter(filter).pagination(cursor).build();
    } catch (NullPointerException e) {
      System.out.println("  " + e);
      needed = true;
    }

    System.out.println("at the ledger after the latest one, where the event is behind");
    boolean lost = false;
    try {
      sdk.getEvents(
          GetEventsRequest.builder()
              .startLedger(page.getLatestLedger() + 1)
              .filter(filter)
              .build());
    } catch (SorobanRpcErrorResponse e) {
      System.out.println("  read:  " + e);
      lost = e.getCode() == -32600;
    }
    sdk.close();
    node.stop(0);
    System.exit(dropped && refused && needed && lost ? 0 : 1);
  }
}
JAVA
java -cp "$(cat class-path)" Page.java
