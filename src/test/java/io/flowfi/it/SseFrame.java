package io.flowfi.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/**
 * One block of an event stream, up to its empty line, as it was sent.
 *
 * @param id the {@code id:} of the block, or null
 * @param event the {@code event:} name, or null for an unnamed one
 * @param data the {@code data:} lines joined by newlines
 * @param retry the {@code retry:} milliseconds, or null
 * @param comments the lines that began with a colon, without it
 */
public record SseFrame(String id, String event, String data, Long retry, List<String> comments) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads the lines of a block, more strictly than a browser does.
   *
   * @throws IllegalArgumentException for a line that our server never writes, for a block without
   *     data, at which some clients stop, and for an id that is not the last line, which some
   *     clients store even if the rest of the block never comes
   */
  static SseFrame parse(List<String> lines) {
    String id = null;
    String event = null;
    StringBuilder data = null;
    Long retry = null;
    List<String> comments = new ArrayList<>();
    for (String line : lines) {
      if (id != null) {
        throw new IllegalArgumentException("Behind the id: " + lines);
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException("Not a field: " + line);
      }
      String value = line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (line.substring(0, colon)) {
        case "" -> comments.add(value);
        case "id" -> id = value;
        case "event" -> event = value;
        case "retry" -> retry = Long.valueOf(value);
        case "data" ->
            data = data == null ? new StringBuilder(value) : data.append('\n').append(value);
        default -> throw new IllegalArgumentException("Unknown field: " + line);
      }
    }
    if (data == null) {
      throw new IllegalArgumentException("Without data: " + lines);
    }
    return new SseFrame(id, event, data.toString(), retry, List.copyOf(comments));
  }

  /** The number of the id, without its log; null without an id. */
  public String position() {
    return position(id);
  }

  /**
   * The number of an id, without its log.
   *
   * @param id may be null
   * @throws IllegalArgumentException if it does not name a log
   */
  static String position(String id) {
    if (id == null || id.isEmpty()) {
      return null;
    }
    if (!id.matches("[0-9]+\\.[a-z0-9]+")) {
      throw new IllegalArgumentException("Not a position and its log: " + id);
    }
    return id.substring(0, id.indexOf('.'));
  }

  /** The data as JSON; anything else fails the test. */
  public JsonNode json() {
    try {
      return JSON.readTree(data);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new AssertionError("Not JSON: " + this, e);
    }
  }

  /** Whether it is a heartbeat. */
  public boolean isHeartbeat() {
    return "heartbeat".equals(event);
  }
}
