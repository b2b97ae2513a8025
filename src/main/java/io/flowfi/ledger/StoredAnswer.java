package io.flowfi.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.CommandRejectedException.Reason;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The first answer to an idempotency key as kept in the store: a receipt or a rejection, as JSON of
 * our own. Its fields are the components of two records. A field that is added later must be
 * optional, because answers of earlier versions are read, too.
 */
final class StoredAnswer {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private StoredAnswer() {}

  static String write(CommandRejectedException rejection) {
    return text(new Rejected(rejection.reason(), rejection.getMessage()));
  }

  static String write(Receipt receipt) {
    return text(Accepted.of(receipt));
  }

  private static String text(Record answer) {
    try {
      return JSON.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be written", e);
    }
  }

  /**
   * Reads an answer back.
   *
   * @return the receipt, marked as replayed
   * @throws CommandRejectedException if the first answer was this rejection
   * @throws IllegalStateException if it cannot be read, as one of a later version may be
   */
  static Receipt replay(String text) {
    try {
      JsonNode answer = JSON.readTree(text);
      if (!answer.has("rejected")) {
        return JSON.treeToValue(answer, Accepted.class).replayed();
      }
      throw JSON.treeToValue(answer, Rejected.class).again();
    } catch (CommandRejectedException firstAnswer) {
      throw firstAnswer;
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalStateException("the first answer to an idempotency key cannot be read", e);
    }
  }

  /** A command that was not carried out. */
  record Rejected(Reason rejected, String message) {
    CommandRejectedException again() {
      return new CommandRejectedException(Objects.requireNonNull(rejected), message);
    }
  }

  /**
   * A command that was carried out: when, the state of the stream it left, and its events.
   *
   * @param pausedAt null where the stream is not paused
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Accepted(
      long at,
      String id,
      String sender,
      String recipient,
      String token,
      String rate,
      String deposited,
      String withdrawn,
      long start,
      long updated,
      StreamStatus status,
      long pausedTotal,
      long version,
      Origin origin,
      Long pausedAt,
      List<Event> events) {

    /** An event of the command. */
    record Event(long seq, String type) {
      static Event of(Receipt.Entry entry) {
        return new Event(entry.position().value(), entry.type().wireName());
      }

      Receipt.Entry entry() {
        return new Receipt.Entry(new LogPosition(seq), EventType.named(type));
      }
    }

    static Accepted of(Receipt receipt) {
      PaymentStream s = receipt.stream();
      return new Accepted(
          receipt.committedAt(),
          s.id().toString(),
          s.sender().strKey(),
          s.recipient().strKey(),
          s.token().strKey(),
          s.ratePerSecond().toString(),
          s.deposited().toString(),
          s.withdrawn().toString(),
          s.startTime(),
          s.lastUpdateTime(),
          s.status(),
          s.totalPausedDuration(),
          s.version(),
          s.origin(),
          s.pausedAt().isPresent() ? s.pausedAt().getAsLong() : null,
          receipt.events().stream().map(Event::of).toList());
    }

    Receipt replayed() {
      return new Receipt(stream(), at, events.stream().map(Event::entry).toList(), true);
    }

    private PaymentStream stream() {
      return new PaymentStream(
          StreamId.parse("id", id),
          new Address(sender),
          new Address(recipient),
          new Address(token),
          amount(rate),
          amount(deposited),
          amount(withdrawn),
          start,
          updated,
          status,
          pausedAt == null ? OptionalLong.empty() : OptionalLong.of(pausedAt),
          pausedTotal,
          version,
          origin,
          Optional.empty());
    }

    private static Amount amount(String text) {
      return new Amount(new BigInteger(text));
    }
  }
}
