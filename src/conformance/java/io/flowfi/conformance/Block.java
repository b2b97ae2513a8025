package io.flowfi.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * One block of an event stream, read as leniently as the HTML standard asks of browsers (section
 * 9.2.6): rules about its bytes are for {@link Framing}.
 *
 * @param raw its bytes with the empty line that ends it
 * @param event the name, or null
 * @param data the data lines joined by newlines, or null if there is none
 * @param id the position, alone or with its log ({@code 42.k3f9}), or null
 * @param retry the milliseconds as sent, or null
 */
record Block(byte[] raw, List<String> lines, String event, String data, String id, String retry) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Block of(byte[] raw) {
    List<String> lines =
        Arrays.stream(new String(raw, StandardCharsets.UTF_8).split("\r\n|\n|\r"))
            .filter(line -> !line.isEmpty())
            .toList();
    String event = null;
    String data = null;
    String id = null;
    String retry = null;
    for (String line : lines) {
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (field) {
        case "event" -> event = value;
        case "data" -> data = data == null ? value : data + "\n" + value;
        case "id" -> id = value;
        case "retry" -> retry = value;
        default -> {}
      }
    }
    return new Block(raw, lines, event, data, id, retry);
  }

  boolean isNamed(String name) {
    return Objects.equals(event, name);
  }

  /** Whether it is an event of the log, and not a word of the server. */
  boolean isLogged() {
    return event != null
        && (event.startsWith("stream.") || event.startsWith("protocol."))
        && !event.equals("stream.snapshot");
  }

  /** The data; a missing node if it is not JSON. */
  JsonNode json() {
    if (data == null) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(data);
    } catch (JsonProcessingException notJson) {
      return MissingNode.getInstance();
    }
  }

  String text(String field) {
    return json().path(field).asText();
  }

  /** The position in the id; empty if there is none or it is no number. */
  OptionalLong position() {
    return id == null || !id.matches("\\d{1,18}([.][a-z0-9]{1,40})?")
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(id.replaceFirst("[.].*", "")));
  }

  /** Whether its data has its position as {@code head}. */
  boolean hasItsPositionAsHead() {
    JsonNode head = json().path("head");
    return head.isIntegralNumber()
        && position().isPresent()
        && head.asLong() == position().getAsLong();
  }

  @Override
  public String toString() {
    String text = String.join("\\n", lines);
    return "[" + (text.length() > 300 ? text.substring(0, 300) + "..." : text) + "]";
  }
}
