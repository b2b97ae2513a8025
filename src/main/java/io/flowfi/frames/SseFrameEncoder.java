package io.flowfi.frames;

import jakarta.ws.rs.sse.OutboundSseEvent;
import java.nio.charset.StandardCharsets;

/**
 * Writes an event as its UTF-8 frame, by the WHATWG HTML standard, "Server-sent events", parsing an
 * event stream. Data of several lines becomes several {@code data:} lines, so no payload can end
 * its frame early; a line break or NUL in a one-line field becomes a space, so no name or id can
 * smuggle in another field.
 */
public final class SseFrameEncoder {
  private static final int EXPECTED_CHARS = 512;

  private SseFrameEncoder() {}

  /**
   * Encodes one event, blank line included, in the order comment, {@code retry}, {@code event},
   * {@code data}, {@code id}. The id comes last because some clients store it when they read its
   * line: a client that is cut off before the end of the block must not claim to have received it.
   *
   * @throws IllegalArgumentException if the data is not text, a character, a number or a boolean
   */
  public static byte[] encode(OutboundSseEvent event) {
    StringBuilder frame = new StringBuilder(EXPECTED_CHARS);
    if (event.getComment() != null) {
      frame.append(": ");
      appendOneLine(frame, event.getComment());
    }
    if (event.isReconnectDelaySet()) {
      frame.append("retry: ").append(event.getReconnectDelay()).append('\n');
    }
    if (event.getName() != null) {
      frame.append("event: ");
      appendOneLine(frame, event.getName());
    }
    if (event.getData() != null) {
      appendData(frame, text(event.getData()));
    }
    if (event.getId() != null) {
      frame.append("id: ");
      appendOneLine(frame, event.getId());
    }
    return frame.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Object data) {
    if (data instanceof CharSequence
        || data instanceof Character
        || data instanceof Number
        || data instanceof Boolean) {
      return data.toString();
    }
    throw new IllegalArgumentException(
        "the data of an event must be text, not " + data.getClass().getName());
  }

  private static void appendOneLine(StringBuilder frame, String value) {
    frame.append(value.replace('\r', ' ').replace('\n', ' ').replace('\0', ' ')).append('\n');
  }

  private static void appendData(StringBuilder frame, String data) {
    frame.append("data: ");
    if (data.indexOf('\n') < 0 && data.indexOf('\r') < 0) {
      // the usual case: our JSON has no line breaks
      frame.append(data).append('\n');
      return;
    }
    for (int i = 0; i < data.length(); i++) {
      char c = data.charAt(i);
      if (c == '\r' && i + 1 < data.length() && data.charAt(i + 1) == '\n') {
        continue; // CRLF is one line break, written at the LF
      }
      if (c == '\r' || c == '\n') {
        frame.append("\ndata: ");
      } else {
        frame.append(c);
      }
    }
    frame.append('\n');
  }
}
