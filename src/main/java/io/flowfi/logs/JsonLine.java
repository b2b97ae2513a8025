package io.flowfi.logs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.logging.LogRecord;

/** A record of the log as one line of JSON: everything but plain ASCII is escaped in it. */
final class JsonLine {
  private static final int LONGEST_MESSAGE = 16 * 1024;
  private static final int LONGEST_STACK = 64 * 1024;

  private static final JsonFactory JSON = new JsonFactory();

  private JsonLine() {}

  /** Without the end of the line. */
  static String of(LogRecord entry, Map<String, String> fields) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.setHighestNonEscapedChar('~');
      json.writeStartObject();
      json.writeStringField(
          "time",
          DateTimeFormatter.ISO_INSTANT.format(entry.getInstant().truncatedTo(ChronoUnit.MILLIS)));
      json.writeStringField("level", LogLevel.of(entry.getLevel()).word());
      json.writeStringField("logger", String.valueOf(entry.getLoggerName()));
      json.writeStringField("thread", Thread.currentThread().getName());
      json.writeStringField("message", cut(String.valueOf(entry.getMessage()), LONGEST_MESSAGE));
      for (Map.Entry<String, String> field : fields.entrySet()) {
        json.writeStringField(field.getKey(), field.getValue());
      }
      if (entry.getThrown() != null) {
        json.writeStringField("error", cut(stack(entry.getThrown()), LONGEST_STACK));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a writer to memory has none
    }
    return line.toString();
  }

  private static String stack(Throwable thrown) {
    StringWriter stack = new StringWriter();
    thrown.printStackTrace(new PrintWriter(stack));
    return stack.toString();
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "...";
  }
}
