package io.flowfi.web.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.log.LoggedEvent;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table of events as CSV (RFC 4180), in UTF-8. The fields that all payloads share have columns
 * (contract section 2); the others of an event are one JSON object in the last column.
 *
 * <p>A spreadsheet would run a cell that begins like a formula, and a client chooses the text of
 * {@code reference}. Such a cell gets an apostrophe in front (OWASP, "CSV Injection").
 */
final class CsvTable implements ExportFormat {
  static final String TYPE = "text/csv";

  private static final List<String> OF_THE_LOG = List.of("seq", "type", "timestamp");
  private static final List<String> OF_PAYLOADS =
      List.of(
          "streamId",
          "sender",
          "recipient",
          "version",
          "origin",
          "reference",
          "transactionHash",
          "ledger",
          "eventIndex");
  private static final String REST = "data";
  private static final String FORMULA = "=+-@\t\r";

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String type() {
    return TYPE + ";charset=UTF-8";
  }

  @Override
  public byte[] head() {
    return line(Stream.of(OF_THE_LOG, OF_PAYLOADS, List.of(REST)).flatMap(List::stream));
  }

  @Override
  public byte[] row(LoggedEvent event) {
    ObjectNode payload = payload(event);
    payload.remove("timestamp"); // it has a column
    List<String> cells = new ArrayList<>();
    cells.add(event.position().toString());
    cells.add(event.type().wireName());
    cells.add(Long.toString(event.timestamp()));
    OF_PAYLOADS.forEach(name -> cells.add(text(payload.remove(name))));
    cells.add(payload.toString());
    return line(cells.stream());
  }

  private static ObjectNode payload(LoggedEvent event) {
    try {
      return (ObjectNode) JSON.readTree(event.payload());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("the payload of event " + event.position(), e);
    }
  }

  private static String text(JsonNode value) {
    if (value == null || value.isNull()) {
      return "";
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }

  private static byte[] line(Stream<String> cells) {
    return cells
        .map(CsvTable::cell)
        .collect(Collectors.joining(",", "", "\r\n"))
        .getBytes(StandardCharsets.UTF_8);
  }

  static String cell(String text) {
    String safe = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return safe.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')
        ? '"' + safe.replace("\"", "\"\"") + '"'
        : safe;
  }
}
