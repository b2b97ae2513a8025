package io.flowfi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The methods of the RPC that an indexer uses, each as in {@code
 * cmd/stellar-rpc/internal/methods/}. Thread-safe.
 */
final class RpcMethods {
  /** Seven days of ledgers, the default of {@code history-retention-window}. */
  static final int RETENTION = 7 * 24 * 60 * 60 / SimulatedChain.LEDGER_SECONDS;

  private static final int SCAN_LIMIT = 10_000;
  private static final int MOST_KEYS = 200;
  private static final int LIVES_FOR = 518_400; // thirty days of ledgers
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SimulatedChain chain;
  private final RpcForm form;
  private final RpcFaults faults;
  private final EventJson events;
  private volatile int retention = RETENTION;
  private final Map<EventQuery, byte[]> prepared = new ConcurrentHashMap<>();
  private volatile long preparedFor;
  private volatile byte[] lastPage;

  private record Page(byte[] json, EventPlace cursor, boolean full) {}

  RpcMethods(SimulatedChain chain, RpcForm form, RpcFaults faults) {
    this.chain = chain;
    this.form = form;
    this.faults = faults;
    this.events = new EventJson(form, chain.contractId());
  }

  /** Makes the pages that a reader will ask for while a ledger is the newest one. */
  void prepare(long startLedger, long limit, long newest) throws RpcException {
    prepared.clear();
    preparedFor = newest;
    List<EventQuery.Filter> filters =
        List.of(
            new EventQuery.Filter(
                List.of("contract", "system"), List.of(chain.contractId()), List.of()));
    EventQuery query = new EventQuery(startLedger, 0, Optional.empty(), limit, filters);
    while (true) {
      Page page = find(query, newest);
      prepared.put(query, page.json());
      if (!page.full() && page.cursor().ledger() >= preparedFor) {
        return;
      }
      query = new EventQuery(0, 0, Optional.of(page.cursor()), limit, filters);
    }
  }

  /** How many ledgers the node keeps. */
  void retain(int ledgers) {
    retention = ledgers;
  }

  long latest() {
    return Math.max(chain.oldest(), chain.latest() - faults.lag());
  }

  /**
   * As long as this is the newest one: an answer tells of one moment, whatever closes meanwhile.
   */
  long oldest(long latest) {
    long kept = Math.max(chain.oldest(), latest + 1 - retention);
    return Math.min(latest, faults.oldestOr(kept));
  }

  /** The JSON of a result. */
  byte[] call(String method, JsonNode params) throws RpcException {
    return switch (method) {
      case "getEvents" -> getEvents(EventQuery.of(params, form));
      case "getHealth" -> bytes(getHealth());
      case "getNetwork" -> bytes(getNetwork());
      case "getVersionInfo" -> bytes(getVersionInfo());
      case "getLatestLedger" -> bytes(getLatestLedger());
      case "getLedgerEntries" -> bytes(getLedgerEntries(params.path("keys")));
      default -> throw new RpcException(RpcException.METHOD_NOT_FOUND, "method not found");
    };
  }

  private byte[] getEvents(EventQuery query) throws RpcException {
    if (query.limit() > faults.greatestLimit()) {
      throw new RpcException(
          RpcException.TOOK_TOO_LONG, "request exceeded processing limit threshold");
    }
    byte[] before = lastPage;
    if (before != null && faults.takeRepeat()) {
      return before;
    }
    byte[] known =
        !prepared.isEmpty() && latest() == preparedFor && faults.leavePagesAlone()
            ? prepared.get(query)
            : null;
    byte[] page = known == null ? find(query, latest()).json() : known;
    lastPage = page;
    return page;
  }

  private Page find(EventQuery query, long latest) throws RpcException {
    long oldest = oldest(latest);
    EventPlace start =
        query
            .cursor()
            .map(EventPlace::next)
            .orElseGet(() -> EventPlace.startOf(query.startLedger()));
    long endLedger = Math.min(latest + 1, start.ledger() + SCAN_LIMIT);
    if (query.endLedger() != 0) {
      endLedger = Math.min(query.endLedger(), endLedger);
    }
    List<PlacedEvent> found = new ArrayList<>();
    if (start.ledger() < oldest || start.ledger() > latest) {
      if (!faults.emptyPages()) {
        throw new RpcException(
            RpcException.INVALID_REQUEST,
            "startLedger must be within the ledger range: " + oldest + " - " + latest);
      }
    } else {
      int overlap = query.cursor().isPresent() ? faults.overlap() : 0;
      EventPlace from = overlap == 0 ? start : chain.before(start, overlap);
      find(query, from, EventPlace.startOf(endLedger), found);
    }
    boolean full = found.size() == query.limit();
    EventPlace cursor =
        full ? found.get(found.size() - 1).place() : EventPlace.endOf(endLedger - 1);
    return new Page(page(found, cursor, oldest, latest), cursor, full);
  }

  private void find(EventQuery query, EventPlace from, EventPlace to, List<PlacedEvent> found) {
    for (EventPlace at = from; found.size() < query.limit(); ) {
      List<PlacedEvent> more = chain.events(at, to, (int) query.limit());
      for (PlacedEvent event : more) {
        if (found.size() < query.limit() && query.matches(event.event(), chain.contractId())) {
          found.add(event);
        }
      }
      if (more.size() < query.limit()) {
        return;
      }
      at = more.get(more.size() - 1).place().next();
    }
  }

  private byte[] page(List<PlacedEvent> found, EventPlace cursor, long oldest, long latest) {
    ByteArrayOutputStream json = new ByteArrayOutputStream(64 + found.size() * 1100);
    put(json, "{\"events\":[");
    boolean first = true;
    for (PlacedEvent event : found) {
      byte[] text = events.of(tampered(event).orElse(event));
      for (int i = 0; i < (faults.twice() ? 2 : 1); i++) {
        if (!first) {
          json.write(',');
        }
        first = false;
        json.writeBytes(text);
      }
    }
    put(json, "],\"cursor\":\"" + cursor + "\",\"latestLedger\":" + latest);
    if (form.since(RpcForm.V23)) {
      put(json, ",\"oldestLedger\":" + oldest);
      put(json, ",\"latestLedgerCloseTime\":" + time(latest));
      put(json, ",\"oldestLedgerCloseTime\":" + time(oldest));
    }
    put(json, form.since(RpcForm.V30) ? ",\"pages\":{\"next\":null}}" : "}");
    return json.toByteArray();
  }

  private Optional<PlacedEvent> tampered(PlacedEvent event) {
    return faults
        .tampering(event.id())
        .map(
            other ->
                new PlacedEvent(
                    event.place(),
                    event.closedAt(),
                    other.transactionHash().orElse(event.transactionHash()),
                    other.event()));
  }

  private ObjectNode getHealth() throws RpcException {
    if (faults.unhealthy()) {
      throw new RpcException(
          RpcException.INTERNAL_ERROR,
          "latency (1m35s) since last known ledger closed is too high (>30s)");
    }
    long latest = latest();
    long oldest = oldest(latest);
    ObjectNode result = JSON.createObjectNode();
    result.put("status", "healthy");
    result.put("latestLedger", latest);
    if (form.since(RpcForm.V27)) {
      result.put("latestLedgerCloseTime", chain.closeTime(latest));
    }
    result.put("oldestLedger", oldest);
    if (form.since(RpcForm.V27)) {
      result.put("oldestLedgerCloseTime", chain.closeTime(oldest));
    }
    return result.put("ledgerRetentionWindow", retention);
  }

  private ObjectNode getNetwork() {
    return JSON.createObjectNode()
        .put("passphrase", faults.passphraseOr(chain.passphrase()))
        .put("protocolVersion", form.protocol());
  }

  private ObjectNode getVersionInfo() {
    ObjectNode result = JSON.createObjectNode();
    result.put("version", form.version());
    result.put("commitHash", "0000000000000000000000000000000000000000");
    result.put("buildTimestamp", "2026-08-01T00:00:00");
    result.put("captiveCoreVersion", "simulated");
    result.put("protocolVersion", form.protocol());
    if (!form.since(RpcForm.V23)) {
      result.put("commit_hash", "0000000000000000000000000000000000000000");
      result.put("build_time_stamp", "2026-08-01T00:00:00");
      result.put("captive_core_version", "simulated");
      result.put("protocol_version", form.protocol());
    }
    return result;
  }

  private ObjectNode getLatestLedger() {
    long latest = latest();
    ObjectNode result = JSON.createObjectNode();
    result.put("id", LedgerBytes.hash(chain, latest));
    result.put("protocolVersion", form.protocol());
    result.put("sequence", latest);
    if (form.since(RpcForm.V25)) {
      result.put("closeTime", Long.toString(chain.closeTime(latest)));
      Base64.Encoder base64 = Base64.getEncoder();
      result.put(
          "headerXdr", base64.encodeToString(LedgerBytes.header(chain, latest, form.protocol())));
      result.put(
          "metadataXdr", base64.encodeToString(LedgerBytes.meta(chain, latest, form.protocol())));
    }
    return result;
  }

  private ObjectNode getLedgerEntries(JsonNode keys) throws RpcException {
    if (keys.size() > MOST_KEYS) {
      throw new RpcException(
          RpcException.INVALID_PARAMS,
          "key count (" + keys.size() + ") exceeds maximum supported (" + MOST_KEYS + ")");
    }
    ObjectNode result = JSON.createObjectNode();
    ArrayNode entries = result.putArray("entries");
    long latest = latest();
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i).asText();
      Optional<BigInteger> stream;
      try {
        stream = LedgerBytes.streamOf(chain, key);
      } catch (IOException e) {
        throw new RpcException(
            RpcException.INVALID_PARAMS, "cannot unmarshal key value " + key + " at index " + i);
      }
      stream.ifPresent(
          id ->
              chain
                  .streamAsOf(id, latest)
                  .ifPresent(version -> entries.add(entry(key, id, version))));
    }
    return result.put("latestLedger", latest);
  }

  private ObjectNode entry(String key, BigInteger id, ContractStorage.Version version) {
    ObjectNode entry =
        JSON.createObjectNode()
            .put("key", key)
            .put("xdr", LedgerBytes.streamEntry(chain, id, version.stream().orElseThrow()))
            .put("lastModifiedLedgerSeq", version.ledger())
            .put("liveUntilLedgerSeq", faults.archived() ? 0 : version.ledger() + LIVES_FOR);
    return form.since(RpcForm.V23) ? entry.put("extXdr", LedgerBytes.NO_EXTENSION) : entry;
  }

  private String time(long ledger) {
    long time = chain.closeTime(ledger);
    return form.since(RpcForm.V30) ? Long.toString(time) : "\"" + time + "\"";
  }

  private static void put(ByteArrayOutputStream json, String text) {
    json.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] bytes(ObjectNode result) {
    return result.toString().getBytes(StandardCharsets.UTF_8);
  }
}
