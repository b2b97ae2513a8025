package io.flowfi.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.flowfi.log.LogPurpose;
import io.flowfi.payment.Address;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamChange;
import io.flowfi.payment.StreamEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The JSON object of an event as subscribers receive it (contract section 2), written once, when
 * the event is. Ids and amounts are strings, because a browser would round them; JSON escapes
 * control characters, so there is never a line break.
 */
final class EventPayload {
  private static final JsonFactory JSON = new JsonFactory();

  private EventPayload() {}

  /** Writes what a command has done; a sandbox says so in each of its events. */
  static String write(StreamEvent event, LogPurpose purpose) {
    return write(event, purpose, Optional.empty());
  }

  /**
   * @param fact the fact behind the event; empty for what an administrator has decided
   */
  static String write(StreamEvent event, Optional<ChainFact> fact) {
    return write(event, LogPurpose.REAL, fact);
  }

  private static String write(StreamEvent event, LogPurpose purpose, Optional<ChainFact> fact) {
    PaymentStream after = event.after();
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (purpose == LogPurpose.SANDBOX) {
        json.writeBooleanField("sandbox", true);
      }
      json.writeStringField("streamId", after.id().toString());
      writeParty(json, "sender", after.sender());
      writeParty(json, "recipient", after.recipient());
      json.writeNumberField("version", after.version());
      json.writeNumberField("timestamp", event.timestamp());
      json.writeStringField("origin", after.origin().wireName());
      if (event.reference().isPresent()) {
        json.writeStringField("reference", event.reference().get().text());
      }
      if (fact.isPresent()) {
        writeOrigin(json, fact.get());
      }
      writeChange(json, event.change(), after);
      if (event.whole()) {
        json.writeObjectFieldStart("state");
        writeState(json, after);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  /** Writes a fact that belongs to no stream. */
  static String write(ProtocolFact protocol, ChainFact fact) {
    return write(protocol, fact.closedAt(), Optional.of(fact));
  }

  /**
   * @param at Unix seconds
   * @param fact the fact behind the event; empty for what an administrator has decided
   */
  static String write(ProtocolFact protocol, long at, Optional<ChainFact> fact) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("timestamp", at);
      json.writeStringField("origin", Origin.CHAIN.wireName());
      if (fact.isPresent()) {
        writeOrigin(json, fact.get());
      }
      writeProtocol(json, protocol);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  private static void writeOrigin(JsonGenerator json, ChainFact fact) throws IOException {
    json.writeStringField("transactionHash", fact.transactionHash());
    json.writeNumberField("ledger", fact.position().ledger());
    json.writeNumberField("transactionIndex", fact.position().transaction());
    json.writeNumberField("operationIndex", fact.position().operation());
    json.writeNumberField("eventIndex", fact.position().event());
  }

  private static void writeProtocol(JsonGenerator json, ProtocolFact protocol) throws IOException {
    if (protocol instanceof ProtocolFact.FeeConfigUpdated fees) {
      json.writeStringField("admin", fees.admin().strKey());
      json.writeStringField("oldTreasury", fees.oldTreasury().strKey());
      json.writeStringField("newTreasury", fees.newTreasury().strKey());
      json.writeNumberField("oldFeeRateBps", fees.oldFeeRateBps());
      json.writeNumberField("newFeeRateBps", fees.newFeeRateBps());
    } else if (protocol instanceof ProtocolFact.AdminTransferred admins) {
      json.writeStringField("previousAdmin", admins.previousAdmin().strKey());
      json.writeStringField("newAdmin", admins.newAdmin().strKey());
    } else if (protocol instanceof ProtocolFact.Initialized initialized) {
      json.writeStringField("admin", initialized.admin().strKey());
      json.writeStringField("treasury", initialized.treasury().strKey());
      json.writeNumberField("feeRateBps", initialized.feeRateBps());
    } else if (protocol instanceof ProtocolFact.Changed changed) {
      json.writeStringField("name", changed.name());
      writeJson(json, "data", changed.data());
    } else if (protocol instanceof ProtocolFact.ContractUpgraded upgraded) {
      json.writeStringField("oldWasm", upgraded.oldWasm());
      json.writeStringField("newWasm", upgraded.newWasm());
    } else if (protocol instanceof ProtocolFact.HistoryGap gap) {
      json.writeNumberField("fromLedger", gap.fromLedger());
      json.writeNumberField("toLedger", gap.toLedger());
    } else if (protocol instanceof ProtocolFact.Quarantined quarantined) {
      json.writeStringField("id", quarantined.id());
      json.writeStringField("reason", quarantined.reason());
      if (quarantined.stream().isPresent()) {
        json.writeStringField("streamId", quarantined.stream().get().toString());
      } else {
        json.writeNullField("streamId");
      }
    } else {
      throw new IllegalStateException("no payload for " + protocol.type());
    }
  }

  private static void writeChange(JsonGenerator json, StreamChange change, PaymentStream after)
      throws IOException {
    if (change instanceof StreamChange.Created created) {
      json.writeStringField("tokenAddress", created.token().strKey());
      json.writeStringField("ratePerSecond", created.ratePerSecond().toString());
      json.writeStringField("depositedAmount", created.deposited().toString());
      json.writeNumberField("startTime", created.startTime());
      if (!after.isModelled()) {
        json.writeBooleanField("modelled", false);
      }
    } else if (change instanceof StreamChange.ToppedUp toppedUp) {
      json.writeStringField("amount", toppedUp.amount().toString());
      json.writeStringField("newDepositedAmount", toppedUp.newDeposited().toString());
      writeTime(json, "newEndTime", toppedUp.newEndTime());
    } else if (change instanceof StreamChange.Withdrawn withdrawn) {
      json.writeStringField("amount", withdrawn.amount().toString());
      json.writeStringField("withdrawnAmount", withdrawn.withdrawn().toString());
    } else if (change instanceof StreamChange.Paused paused) {
      json.writeNumberField("pausedAt", paused.pausedAt());
    } else if (change instanceof StreamChange.Resumed resumed) {
      json.writeNumberField("newEndTime", resumed.newEndTime());
    } else if (change instanceof StreamChange.Cancelled cancelled) {
      json.writeStringField("refundedAmount", cancelled.refunded().toString());
      json.writeStringField("amountWithdrawn", cancelled.amountWithdrawn().toString());
    } else if (change instanceof StreamChange.Completed completed) {
      json.writeStringField("totalWithdrawn", completed.totalWithdrawn().toString());
    } else if (change instanceof StreamChange.FeeCollected fee) {
      json.writeStringField("treasury", fee.treasury().strKey());
      json.writeStringField("feeAmount", fee.fee().toString());
      json.writeStringField("token", fee.token().strKey());
    } else if (change instanceof StreamChange.RateModified modified) {
      json.writeStringField("oldRatePerSecond", modified.oldRate().toString());
      json.writeStringField("newRatePerSecond", modified.newRate().toString());
      json.writeNumberField("newEndTime", modified.newEndTime());
      json.writeNumberField("accruesFrom", modified.since());
    } else if (change instanceof StreamChange.Closed closed) {
      json.writeStringField("closer", closed.closer().strKey());
      json.writeNumberField("closedAt", closed.closedAt());
    } else if (change instanceof StreamChange.Changed changed) {
      json.writeStringField("name", changed.name());
      writeJson(json, "data", changed.data());
    } else if (change instanceof StreamChange.Corrected corrected) {
      json.writeBooleanField("replaced", corrected.replaced());
    } else if (!(change instanceof StreamChange.Reconciled)) {
      throw new IllegalStateException("no payload for " + change.type());
    }
  }

  private static void writeTime(JsonGenerator json, String field, OptionalLong time)
      throws IOException {
    if (time.isPresent()) {
      json.writeNumberField(field, time.getAsLong());
    } else {
      json.writeNullField(field);
    }
  }

  private static void writeState(JsonGenerator json, PaymentStream s) throws IOException {
    writeParty(json, "tokenAddress", s.token());
    json.writeStringField("ratePerSecond", s.ratePerSecond().toString());
    json.writeStringField("depositedAmount", s.deposited().toString());
    json.writeStringField("withdrawnAmount", s.withdrawn().toString());
    json.writeNumberField("startTime", s.startTime());
    json.writeStringField("status", s.status().name());
    writeTime(json, "pausedAt", s.pausedAt());
    json.writeNumberField("totalPausedDuration", s.totalPausedDuration());
    OnChain chain = s.onChain().orElseThrow();
    json.writeNumberField("accruesFrom", chain.accruesFrom());
    json.writeBooleanField("modelled", s.isModelled());
    json.writeBooleanField("verified", chain.verified());
    json.writeNumberField("asOfLedger", chain.asOfLedger());
  }

  /** A party that the chain has not told yet is null. */
  private static void writeParty(JsonGenerator json, String field, Address party)
      throws IOException {
    json.writeStringField(field, party.isUnknown() ? null : party.strKey());
  }

  private static void writeJson(JsonGenerator json, String field, String value) throws IOException {
    json.writeFieldName(field);
    json.writeRawValue(value);
  }
}
