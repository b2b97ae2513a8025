package io.flowfi.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The streams and the log of the practice server, in memory. Its monitor guards everything. */
final class PracticeLog {
  /** What came before is gone. */
  static final long OLDEST = 100;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Fault fault;
  private final List<Event> events = new ArrayList<>();
  private final Map<Long, ObjectNode> streams = new TreeMap<>();
  private long lastId;
  private long head = OLDEST - 1;

  PracticeLog(Fault fault) {
    this.fault = fault;
  }

  /** An event at its position. */
  record Event(long position, String type, ObjectNode data) {
    String text(String field) {
      return data.path(field).asText();
    }
  }

  synchronized long head() {
    return head;
  }

  synchronized List<Event> after(long position) {
    int first = events.size();
    while (first > 0 && events.get(first - 1).position() > position) {
      first--;
    }
    return List.copyOf(events.subList(first, events.size()));
  }

  synchronized List<ObjectNode> states() {
    return streams.values().stream().map(ObjectNode::deepCopy).toList();
  }

  synchronized boolean exists(String id) {
    return streams.containsKey(Long.parseLong(id));
  }

  /** Waits for an event after this position, at most so long. */
  synchronized void await(long position, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (head <= position) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  synchronized long create(ObjectNode body) {
    ObjectNode state = body.deepCopy();
    state.remove("reference");
    state.put("streamId", Long.toString(++lastId)).put("withdrawnAmount", "0");
    state.put("endTime", 1).put("lastUpdateTime", 1).put("status", "ACTIVE").putNull("pausedAt");
    state.put("totalPausedDuration", 0).put("claimableAmount", "0");
    state.put("version", 0).put("origin", "api");
    streams.put(lastId, state);
    ObjectNode data = body.deepCopy();
    BigInteger amount = new BigInteger(body.path("depositedAmount").asText());
    if (fault == Fault.ROUNDED_AMOUNTS && amount.bitLength() > 53) {
      data.put("depositedAmount", amount.doubleValue());
    }
    if (fault == Fault.ASCII_ONLY) {
      data.put("reference", body.path("reference").asText().replaceAll("[^ -~]", "?"));
    }
    append("stream.created", state, data);
    return lastId;
  }

  synchronized boolean command(long id, String name) {
    ObjectNode state = streams.get(id);
    ObjectNode data = JSON.createObjectNode();
    switch (name) {
      case "top-up" -> append("stream.topped_up", state, data);
      case "pause" -> append("stream.paused", state, data);
      case "cancel" -> append("stream.cancelled", state, data);
      case "resume" -> {
        if (fault != Fault.NO_EVENT_FOR_RESUME) {
          append("stream.resumed", state, data);
        }
      }
      case "withdraw" -> {
        append("stream.withdrawn", state, data);
        boolean isDrained = state.path("depositedAmount").asText().length() < 5;
        if (isDrained && fault != Fault.NO_COMPLETED) {
          String total = fault == Fault.ANOTHER_TOTAL ? "999" : "1000";
          append("stream.completed", state, data.put("totalWithdrawn", total));
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void append(String type, ObjectNode state, ObjectNode data) {
    int version = state.path("version").asInt();
    state.put(
        "version", version > 0 && fault == Fault.VERSION_STANDS_STILL ? version : version + 1);
    data = data.deepCopy();
    for (String field : List.of("streamId", "sender", "recipient", "version", "origin")) {
      data.set(field, state.get(field));
    }
    if (fault == Fault.NO_ORIGIN) {
      data.remove("origin");
    }
    if (fault == Fault.NUMBER_FOR_AN_ID) {
      data.put("streamId", state.path("streamId").asLong());
    }
    if (fault != Fault.NO_TIMESTAMP) {
      data.put("timestamp", 1_790_000_000);
    }
    head += fault == Fault.GAPS ? 2 : 1;
    events.add(new Event(head, type, data));
    notifyAll();
  }
}
