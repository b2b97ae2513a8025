package io.flowfi.sse;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.flowfi.frames.SseFrameEncoder;
import io.flowfi.log.LogIdentity;
import io.flowfi.payment.InvalidValueException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.glassfish.jersey.media.sse.OutboundEvent;

/**
 * A message of the operator to people. It is not in the log: it has no position and is not repeated
 * for later subscribers.
 *
 * @param message 1 to {@value #LONGEST} characters on one line, plain text
 * @param at when it was sent, in whole seconds
 */
public record Notice(String message, Severity severity, Instant at) {
  /** The most characters: with four bytes each they fit into an announcement. */
  public static final int LONGEST = 400;

  /** How much it matters. */
  public enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    /** As clients read it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Notice {
    if (message.isBlank()
        || message.length() > LONGEST
        || message.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidValueException(
          "message", "message must have 1 to " + LONGEST + " characters and no line break");
    }
    at = at.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * As an event without an id, which would move the cursors of clients.
   *
   * @param log whose subscribers it is for
   */
  public OutboundSseEvent event(LogIdentity log) {
    return new OutboundEvent.Builder()
        .name("notice")
        .mediaType(MediaType.APPLICATION_JSON_TYPE)
        .data(
            String.class,
            log.marked(
                "{\"message\":\""
                    + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(message))
                    + "\",\"severity\":\""
                    + severity.word()
                    + "\",\"at\":\""
                    + at
                    + "\"}"))
        .build();
  }

  /** The frame of {@link #event}. */
  public byte[] frame(LogIdentity log) {
    return SseFrameEncoder.encode(event(log));
  }
}
