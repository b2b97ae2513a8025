package io.flowfi.web.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The JSON object of a command. Reads field by field and collects all errors, so that the client
 * gets them at once; {@link #build} then either makes the command or throws.
 *
 * <p>An optional field is left out or has a value. Null is rejected: it often comes from a variable
 * that was never set, and would withdraw everything where a part was meant.
 */
public final class CommandBody {
  private static final long MAX_LEDGER = 0xFFFF_FFFFL;

  private final JsonNode object;
  private final Set<String> known = new HashSet<>();
  private final List<FieldError> errors = new ArrayList<>();

  private CommandBody(JsonNode object) {
    this.object = object;
  }

  /**
   * Reads the body; an empty one counts as an empty object.
   *
   * @throws ProblemException 400 if it is not a JSON object
   */
  public static CommandBody read(InputStream body) throws IOException {
    return new CommandBody(JsonBody.object(body));
  }

  /** The same for bodies that differ only in spaces and the order of fields. */
  public byte[] canonical() {
    Map<String, JsonNode> sorted = new TreeMap<>();
    object.fields().forEachRemaining(field -> sorted.put(field.getKey(), field.getValue()));
    return Json.write(sorted);
  }

  public Address address(String field) {
    return required(field, node -> Address.parse(field, text(field, node)));
  }

  /**
   * @param leftOut what leaving the field out does, for a client that sent null
   */
  public Optional<Address> optionalAddress(String field, String leftOut) {
    return optional(
        field, "a Stellar address", leftOut, node -> Address.parse(field, text(field, node)));
  }

  /** Only strings: a JSON number this large has been rounded by the browser that sent it. */
  public Amount amount(String field) {
    return required(field, node -> Amount.parsePositive(field, amountText(field, node)));
  }

  /**
   * @param leftOut what leaving the field out does, for a client that sent null
   */
  public Optional<Amount> optionalAmount(String field, String leftOut) {
    return optional(
        field,
        "a decimal string such as \"1500\"",
        leftOut,
        node -> Amount.parsePositive(field, amountText(field, node)));
  }

  /**
   * @param leftOut what leaving the field out does, for a client that sent null
   */
  public Optional<StreamId> optionalStreamId(String field, String leftOut) {
    return optional(
        field,
        "a decimal string such as \"7\"",
        leftOut,
        node -> StreamId.parse(field, idText(field, node)));
  }

  public long time(String field) {
    Long time =
        required(
            field,
            node -> {
              if (!node.isIntegralNumber() || !node.canConvertToLong()) {
                throw new InvalidValueException(field, field + " must be an integer: Unix seconds");
              }
              return StreamCommand.Create.checkedStartTime(node.longValue());
            });
    return time == null ? 0 : time;
  }

  /** The number of a ledger of the chain, which has 32 bits. */
  public long ledger(String field) {
    Long ledger = required(field, node -> ledger(field, node.asText()));
    return ledger == null ? 0 : ledger;
  }

  /**
   * Reads the number of a ledger.
   *
   * @throws InvalidValueException if it is none from 1 to 2^32-1
   */
  public static long ledger(String field, String text) {
    if (text.matches("[0-9]{1,10}")
        && Long.parseLong(text) >= 1
        && Long.parseLong(text) <= MAX_LEDGER) {
      return Long.parseLong(text);
    }
    throw new InvalidValueException(field, field + " must be the number of a ledger: 1 to 2^32-1");
  }

  /**
   * @param leftOut what leaving the field out does, for a client that sent null
   */
  public boolean flag(String field, String leftOut) {
    return optional(
            field,
            "true or false",
            leftOut,
            node -> {
              if (!node.isBoolean()) {
                throw new InvalidValueException(field, field + " must be true or false");
              }
              return node.booleanValue();
            })
        .orElse(false);
  }

  /**
   * A time in whole seconds.
   *
   * @param leftOut what leaving the field out does, for a client that sent null
   */
  public Optional<Duration> optionalSeconds(String field, int min, int max, String leftOut) {
    return optional(
        field,
        "an integer",
        leftOut,
        node -> {
          if (node.isIntegralNumber()
              && node.canConvertToInt()
              && node.intValue() >= min
              && node.intValue() <= max) {
            return Duration.ofSeconds(node.intValue());
          }
          throw new InvalidValueException(
              field, field + " must be an integer from " + min + " to " + max);
        });
  }

  /**
   * @param form a regular expression
   * @param described the form in words
   */
  public String text(String field, String form, String described) {
    return required(field, node -> text(field, node, form, described));
  }

  /**
   * @param form a regular expression
   * @param described the form in words
   * @param leftOut what leaving the field out does, for a client that sent null
   */
  public Optional<String> optionalText(
      String field, String form, String described, String leftOut) {
    return optional(field, described, leftOut, node -> text(field, node, form, described));
  }

  private static String text(String field, JsonNode node, String form, String described) {
    String text = text(field, node);
    if (!text.matches(form)) {
      throw new InvalidValueException(field, field + " must be " + described);
    }
    return text;
  }

  public Optional<Reference> reference() {
    return optional(
        "reference", "a string", "to have none", node -> new Reference(text("reference", node)));
  }

  private <T> T required(String field, Function<JsonNode, T> read) {
    known.add(field);
    if (!object.hasNonNull(field)) {
      errors.add(FieldError.ofField(field, field + " is required"));
      return null;
    }
    return value(field, read).orElse(null);
  }

  private <T> Optional<T> optional(
      String field, String accepted, String leftOut, Function<JsonNode, T> read) {
    known.add(field);
    if (!object.has(field)) {
      return Optional.empty();
    }
    if (object.get(field).isNull()) {
      errors.add(
          FieldError.ofField(
              field,
              field + " must not be null: send " + accepted + ", or leave it out " + leftOut));
      return Optional.empty();
    }
    return value(field, read);
  }

  private <T> Optional<T> value(String field, Function<JsonNode, T> read) {
    try {
      return Optional.of(read.apply(object.get(field)));
    } catch (InvalidValueException e) {
      errors.add(FieldError.ofField(field, e.getMessage()));
      return Optional.empty();
    }
  }

  private static String text(String field, JsonNode node) {
    if (!node.isTextual()) {
      throw new InvalidValueException(field, field + " must be a string");
    }
    return node.textValue();
  }

  private static String amountText(String field, JsonNode node) {
    if (node.isNumber()) {
      throw new InvalidValueException(
          field,
          field
              + " must be a decimal string such as \"1500\": a JSON number may have been rounded by the sender");
    }
    return text(field, node);
  }

  private static String idText(String field, JsonNode node) {
    if (node.isIntegralNumber()) {
      if (!node.canConvertToLong() || node.longValue() > PaymentStream.MAX_TIME) {
        throw new InvalidValueException(field, field + " above 2^53-1 must be a decimal string");
      }
      return node.asText();
    }
    return text(field, node);
  }

  /**
   * Makes the command after every field has been read.
   *
   * @throws ProblemException 400 with all errors, unknown fields included
   */
  public <T> T build(Supplier<T> command) {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        errors.add(
            FieldError.ofField(
                FieldError.shortened(name),
                "this command has no such field; it knows " + sorted(known)));
      }
    }
    if (errors.isEmpty()) {
      try {
        return command.get();
      } catch (InvalidValueException e) {
        errors.add(FieldError.ofField(e.field(), e.getMessage()));
      }
    }
    throw ProblemException.invalid(List.copyOf(errors));
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }
}
