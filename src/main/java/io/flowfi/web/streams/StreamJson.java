package io.flowfi.web.streams;

import com.fasterxml.jackson.core.JsonGenerator;
import io.flowfi.ledger.Receipt;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.PaymentStream;
import io.flowfi.web.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/**
 * A payment stream as clients see it (contract section 1): ids and amounts as strings, times as
 * Unix seconds. In UTF-8.
 *
 * <p>Written field by field, and not by Jackson from a record: every answer to a command has one,
 * and a snapshot may have thousands.
 */
public final class StreamJson {
  private StreamJson() {}

  /** The same as {@link #write(PaymentStream, long)}, as the data of an event. */
  public static String text(PaymentStream stream, long at) {
    return new String(write(stream, at), StandardCharsets.UTF_8);
  }

  /**
   * @param at Unix seconds to compute the claimable amount for
   */
  private static byte[] write(PaymentStream stream, long at) {
    return Json.generate(json -> writeObject(json, stream, at));
  }

  /**
   * The answer to a command: the resulting stream, at the time of the command, and the events it
   * added to the log.
   */
  static byte[] write(Receipt receipt) {
    return Json.generate(
        json -> writeObject(json, receipt.stream(), receipt.committedAt(), receipt.events()));
  }

  /** Writes a stream at the generator's current place. */
  static void writeObject(JsonGenerator json, PaymentStream stream, long at) throws IOException {
    writeObject(json, stream, at, null);
  }

  private static void writeObject(
      JsonGenerator json, PaymentStream s, long at, List<Receipt.Entry> events) throws IOException {
    json.writeStartObject();
    json.writeStringField("streamId", s.id().toString());
    writeParty(json, "sender", s.sender());
    writeParty(json, "recipient", s.recipient());
    writeParty(json, "tokenAddress", s.token());
    json.writeStringField("ratePerSecond", s.ratePerSecond().toString());
    json.writeStringField("depositedAmount", s.deposited().toString());
    json.writeStringField("withdrawnAmount", s.withdrawn().toString());
    json.writeNumberField("startTime", s.startTime());
    writeTime(json, "endTime", s.endTime());
    json.writeNumberField("lastUpdateTime", s.lastUpdateTime());
    json.writeStringField("status", s.status().name());
    writeTime(json, "pausedAt", s.pausedAt());
    json.writeNumberField("totalPausedDuration", s.totalPausedDuration());
    json.writeStringField("claimableAmount", s.claimable(at).map(Amount::toString).orElse(null));
    json.writeNumberField("version", s.version());
    json.writeStringField("origin", s.origin().wireName());
    if (s.onChain().isPresent()) {
      json.writeNumberField("accruesFrom", s.onChain().get().accruesFrom());
      json.writeBooleanField("modelled", s.isModelled());
      json.writeBooleanField("verified", s.isVerified());
    }
    if (events != null) {
      json.writeArrayFieldStart("events");
      for (Receipt.Entry event : events) {
        json.writeStartObject();
        json.writeNumberField("seq", event.position().value());
        json.writeStringField("type", event.type().wireName());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** A party that the chain has not told yet is null. */
  private static void writeParty(JsonGenerator json, String field, Address party)
      throws IOException {
    json.writeStringField(field, party.isUnknown() ? null : party.strKey());
  }

  private static void writeTime(JsonGenerator json, String field, OptionalLong time)
      throws IOException {
    if (time.isPresent()) {
      json.writeNumberField(field, time.getAsLong());
    } else {
      json.writeNullField(field);
    }
  }
}
