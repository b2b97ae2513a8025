package io.flowfi.web.wire;

import io.flowfi.payment.InvalidValueException;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Reads query parameters and collects all errors; {@link #build} then makes the query or throws.
 */
public final class QueryParameters {
  /** Known everywhere, because it names the caller and is no part of the query. */
  public static final String TICKET = "ticket";

  /** Known everywhere, because it says which ledger the request is for. */
  public static final String SANDBOX = "sandbox";

  /**
   * Names that other services use for a token in the query (RFC 6750, section 2.3, advises against
   * it).
   */
  private static final Set<String> CREDENTIALS =
      Set.of("access_token", "token", "auth_token", "jwt", "authorization", "bearer");

  private static final Set<String> READ_EARLIER = Set.of(TICKET, SANDBOX);

  private final MultivaluedMap<String, String> parameters;
  private final Set<String> known = new LinkedHashSet<>();
  private final List<FieldError> errors = new ArrayList<>();
  private final BiFunction<String, String, FieldError> error;

  public QueryParameters(MultivaluedMap<String, String> parameters) {
    this(parameters, FieldError::ofParameter);
  }

  /**
   * @param error makes an error from a name and a message: the same values may come in a body
   */
  public QueryParameters(
      MultivaluedMap<String, String> parameters, BiFunction<String, String, FieldError> error) {
    this.parameters = parameters;
    this.error = error;
  }

  /** One value; empty if the parameter is absent or empty. */
  public <T> Optional<T> one(String name, BiFunction<String, String, T> parse) {
    known.add(name);
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      reject(name, name + " may be given once");
      return Optional.empty();
    }
    return values.isEmpty() || values.get(0).isEmpty()
        ? Optional.empty()
        : parsed(name, values.get(0), parse);
  }

  /** All values, repeated or comma-separated or both. */
  public <T> Set<T> many(String name, int max, BiFunction<String, String, T> parse) {
    known.add(name);
    Set<T> all = new LinkedHashSet<>();
    int count = 0;
    for (String value : parameters.getOrDefault(name, List.of())) {
      for (String part : value.split(",", max + 2)) {
        if (part.isEmpty()) {
          continue;
        }
        if (++count > max) {
          reject(name, name + " may have at most " + max + " values");
          return all;
        }
        parsed(name, part, parse).ifPresent(all::add);
      }
    }
    return all;
  }

  public int integer(String name, int min, int max, int otherwise) {
    return one(name, (field, text) -> integer(field, text, min, max)).orElse(otherwise);
  }

  /**
   * Reads an integer.
   *
   * @throws InvalidValueException if it is none from {@code min} to {@code max}
   */
  public static int integer(String field, String text, int min, int max) {
    if (text.matches("[0-9]{1,9}")
        && Integer.parseInt(text) >= min
        && Integer.parseInt(text) <= max) {
      return Integer.parseInt(text);
    }
    throw new InvalidValueException(
        field, field + " must be an integer from " + min + " to " + max);
  }

  /** Rejects the other parameters where this one already says what they would. */
  public void alone(String name, String... others) {
    for (String other : others) {
      if (!parameters.getOrDefault(other, List.of()).isEmpty()) {
        reject(other, "give " + name + " without " + other);
      }
    }
  }

  public boolean flag(String name) {
    return one(
            name,
            (field, text) ->
                switch (text) {
                  case "true", "1" -> true;
                  case "false", "0" -> false;
                  default ->
                      throw new InvalidValueException(field, field + " must be true or false");
                })
        .orElse(false);
  }

  /** True for {@code asc}. */
  public boolean ascending(String name, boolean otherwise) {
    return one(
            name,
            (field, text) ->
                switch (text) {
                  case "asc" -> true;
                  case "desc" -> false;
                  default -> throw new InvalidValueException(field, field + " must be asc or desc");
                })
        .orElse(otherwise);
  }

  /** Whether all nodes are meant, by {@code scope}, and not only the one that is asked. */
  public boolean ofCluster(boolean otherwise) {
    return one(
            "scope",
            (field, text) ->
                switch (text) {
                  case "cluster" -> true;
                  case "node" -> false;
                  default ->
                      throw new InvalidValueException(field, field + " must be node or cluster");
                })
        .orElse(otherwise);
  }

  public <T> Optional<T> parsed(String name, String text, BiFunction<String, String, T> parse) {
    try {
      return Optional.of(parse.apply(name, text));
    } catch (InvalidValueException e) {
      reject(name, e.getMessage() + ", not " + FieldError.quoted(text));
      return Optional.empty();
    }
  }

  public boolean hasErrors() {
    return !errors.isEmpty();
  }

  public void reject(String name, String message) {
    if (errors.size() < 20) {
      errors.add(error.apply(name, message));
    }
  }

  /**
   * Parameters that were not read are errors too: a misspelled filter would select everything.
   * Names that begin with an underscore are allowed: clients add them against caches. So are the
   * ticket and the choice of the ledger, which were read earlier.
   */
  public void rejectUnknown() {
    for (String name : parameters.keySet()) {
      if (!known.contains(name) && !name.startsWith("_") && !READ_EARLIER.contains(name)) {
        reject(
            FieldError.shortened(name),
            CREDENTIALS.contains(name.toLowerCase(Locale.ROOT))
                ? "a token does not belong in a URL, which is logged: send Authorization: Bearer,"
                    + " or a ticket from POST /v1/auth/ticket"
                : known.isEmpty()
                    ? "a command has no parameters: what it says is in its body"
                    : "there is no such parameter here; it knows " + String.join(", ", known));
      }
    }
  }

  /** {@link #rejectUnknown()}, then {@link #build}. */
  public <T> T buildStrictly(Supplier<T> query) {
    rejectUnknown();
    return build(query);
  }

  /**
   * Makes the query after every parameter has been read.
   *
   * @throws ProblemException 400 with all errors
   */
  public <T> T build(Supplier<T> query) {
    if (errors.isEmpty()) {
      try {
        return query.get();
      } catch (InvalidValueException e) {
        reject(e.field(), e.getMessage());
      }
    }
    throw ProblemException.invalid(List.copyOf(errors));
  }
}
