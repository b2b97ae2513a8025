package io.flowfi.simulator;

import com.sun.net.httpserver.HttpExchange;
import io.flowfi.simulator.RpcFaults.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A page of a {@link SimulatedRpc} from which people make faults, with a button for each, or with
 * {@code curl -d lag=50 http://.../faults}. It is for the machine it runs on only, as the RPC is.
 */
public final class FaultPage {
  private static final int LONGEST_FORM = 4096;

  private final SimulatedRpc rpc;
  private final SimulatedContract contract;
  private final Map<String, Consumer<String>> faults = new TreeMap<>();

  private FaultPage(SimulatedRpc rpc, SimulatedContract contract) {
    this.rpc = rpc;
    this.contract = contract;
    RpcFaults set = rpc.faults();
    faults.put("archived", value -> set.archived(true));
    faults.put("clear", value -> set.clear());
    faults.put("delay", value -> set.delay(Long.parseLong(value)));
    faults.put("empty-pages", value -> set.emptyPages(true));
    faults.put("fail", value -> set.fail(Failure.valueOf(value)));
    faults.put("greatest-limit", value -> set.greatestLimit(Integer.parseInt(value)));
    faults.put("lag", value -> set.lag(Integer.parseInt(value)));
    faults.put("oldest", value -> set.oldest(Long.parseLong(value)));
    faults.put("overlap", value -> set.overlap(Integer.parseInt(value)));
    faults.put("passphrase", set::passphrase);
    faults.put("repeat", value -> set.repeat(Integer.parseInt(value)));
    faults.put("retry-after", value -> set.retryAfter(Integer.parseInt(value)));
    faults.put("twice", value -> set.twice(true));
    faults.put("unhealthy", value -> set.unhealthy(true));
    faults.put("event", this::emit);
    faults.put("rate", value -> contract.rate(Integer.parseInt(value)));
    faults.put("reset-chain", value -> rpc.serve(contract.reset()));
  }

  /**
   * Opens {@code /faults}.
   *
   * @return its address
   */
  public static URI open(SimulatedRpc rpc, SimulatedContract contract) {
    rpc.addPage("/faults", new FaultPage(rpc, contract)::serve);
    return rpc.url().resolve("/faults");
  }

  private void emit(String kind) {
    SimulatedEvent unknown =
        SimulatedEvent.of(
            "stream_gifted",
            Optional.of(EveryEvent.STREAM),
            Map.of(
                "stream_id",
                ChainValue.u64(EveryEvent.STREAM),
                "to",
                ChainValue.address(EveryEvent.ADMIN)));
    byte[] good = unknown.value().xdr();
    contract.inject(
        switch (kind) {
          case "unknown" -> unknown;
          case "cut-off" -> unknown.withValue(Arrays.copyOf(good, good.length / 2));
          case "byte-too-many" -> unknown.withValue(Arrays.copyOf(good, good.length + 1));
          case "wrong-length" -> hostile(unknown, "a map that says to have 2^31-1");
          case "key-twice" -> hostile(unknown, "a key with two values");
          case "deep" -> hostile(unknown, "vectors 100,000 deep");
          case "upgrade" ->
              ContractEvents.executableUpdate(
                  SimulatedChain.contractNumber(100), SimulatedChain.contractNumber(101));
          case "garbage" -> unknown.withValue("no XDR at all".getBytes(StandardCharsets.UTF_8));
          default -> throw new IllegalArgumentException("no such event: " + kind);
        });
  }

  private static SimulatedEvent hostile(SimulatedEvent event, String what) {
    return HostileXdr.monsters().stream()
        .filter(monster -> monster.what().equals(what))
        .findFirst()
        .map(monster -> event.withValue(monster.xdr()))
        .orElseThrow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("GET")) {
        send(exchange, 200, "text/html; charset=utf-8", page());
        return;
      }
      String type = exchange.getRequestHeaders().getFirst("Sec-Fetch-Site");
      if (type != null && !type.equals("same-origin")) {
        send(exchange, 403, "text/plain", "not from other pages\n");
        return;
      }
      byte[] form = exchange.getRequestBody().readNBytes(LONGEST_FORM);
      try {
        for (String field : new String(form, StandardCharsets.UTF_8).split("&")) {
          set(field.split("=", 2));
        }
      } catch (IllegalArgumentException e) {
        send(exchange, 400, "text/plain", e.getMessage() + "\n");
        return;
      }
      if (type == null) {
        send(exchange, 200, "text/plain", "done\n");
      } else {
        exchange.getResponseHeaders().add("Location", "/faults");
        exchange.sendResponseHeaders(303, -1);
      }
    }
  }

  private void set(String[] field) {
    Consumer<String> fault = faults.get(field[0]);
    if (fault == null) {
      throw new IllegalArgumentException("no such fault; there are " + faults.keySet());
    }
    fault.accept(field.length == 1 ? "" : URLDecoder.decode(field[1], StandardCharsets.UTF_8));
  }

  private String page() {
    StringBuilder html = new StringBuilder("<!DOCTYPE html><title>Faults</title>");
    html.append("<style>body{font:16px sans-serif;max-width:50em;margin:2em auto}")
        .append("button{margin:.2em}</style><h1>Faults of the simulated RPC</h1>")
        .append("<p>Each button is a <code>curl -d NAME=VALUE ")
        .append(rpc.url())
        .append("faults</code>.")
        .append("<form method=post action=/faults>");
    List.of("clear=").forEach(fault -> button(html, fault));
    html.append("<p>");
    for (Failure failure : Failure.values()) {
      button(html, "fail=" + failure);
    }
    html.append("<p>");
    List.of(
            "lag=50",
            "greatest-limit=20",
            "delay=3000",
            "overlap=5",
            "repeat=3",
            "twice=",
            "empty-pages=",
            "unhealthy=",
            "archived=",
            "retry-after=30",
            "oldest=999999999",
            "passphrase=Another network",
            "reset-chain=")
        .forEach(fault -> button(html, fault));
    html.append("<p>In the next ledger: ");
    List.of(
            "event=unknown",
            "event=upgrade",
            "event=garbage",
            "event=cut-off",
            "event=byte-too-many",
            "event=wrong-length",
            "event=key-twice",
            "event=deep")
        .forEach(fault -> button(html, fault));
    html.append("<p>Events in a ledger from then on: ");
    List.of("rate=0", "rate=6", "rate=100", "rate=1000").forEach(fault -> button(html, fault));
    return html.append("</form>").toString();
  }

  private static void button(StringBuilder html, String fault) {
    String[] parts = fault.split("=", 2);
    html.append("<button name='")
        .append(parts[0])
        .append("' value='")
        .append(parts[1])
        .append("'>")
        .append(parts[1].isEmpty() ? parts[0] : fault)
        .append("</button>");
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
