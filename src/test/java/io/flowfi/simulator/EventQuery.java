package io.flowfi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stellar.sdk.StrKey;

/**
 * The parameters of {@code getEvents}, checked in the order and with the words of {@code
 * protocol/get_events.go}.
 *
 * @param limit 0: the default
 */
record EventQuery(
    long startLedger,
    long endLedger,
    Optional<EventPlace> cursor,
    long limit,
    List<Filter> filters) {
  private static final int MOST = 5;
  private static final int GREATEST_LIMIT = 10_000;
  private static final int DEFAULT_LIMIT = 100;

  /** One of the filters, which are alternatives. */
  record Filter(List<String> types, List<String> contracts, List<List<String>> topics) {
    boolean matches(SimulatedEvent event, String contract) {
      return (types.isEmpty() || types.contains(event.system() ? "system" : "contract"))
          && (contracts.isEmpty() || contracts.contains(contract))
          && (topics.isEmpty() || topics.stream().anyMatch(topic -> matches(topic, event)));
    }

    private static boolean matches(List<String> wanted, SimulatedEvent event) {
      int size = wanted.size();
      boolean open = wanted.get(size - 1).equals("**");
      int exact = open ? size - 1 : size;
      if (open ? event.topics().size() < exact : event.topics().size() != exact) {
        return false;
      }
      for (int i = 0; i < exact; i++) {
        if (!wanted.get(i).equals("*") && !wanted.get(i).equals(event.topics().get(i).base64())) {
          return false;
        }
      }
      return true;
    }
  }

  static EventQuery of(JsonNode params, RpcForm form) throws RpcException {
    JsonNode pagination = params.path("pagination");
    Optional<EventPlace> cursor = Optional.empty();
    if (pagination.hasNonNull("cursor")) {
      try {
        cursor = Optional.of(EventPlace.parse(pagination.get("cursor").asText()));
      } catch (IllegalArgumentException e) {
        throw invalid("invalid parameters: " + e.getMessage());
      }
    }
    long startLedger = number(params, "startLedger");
    long endLedger = number(params, "endLedger");
    long limit = number(pagination, "limit");
    String format = params.path("xdrFormat").asText("");
    if (!format.isEmpty() && !format.equals("base64")) {
      throw invalid("xdrFormat " + format + " is not simulated");
    }
    if (cursor.isPresent()) {
      if (startLedger != 0 || endLedger != 0) {
        throw invalid("ledger ranges and cursor cannot both be set");
      }
    } else if (startLedger == 0) {
      throw invalid("startLedger must be positive");
    }
    if (limit > GREATEST_LIMIT) {
      throw invalid("limit must not exceed " + GREATEST_LIMIT);
    }
    if (params.path("filters").size() > MOST) {
      throw invalid("maximum 5 filters per request");
    }
    List<Filter> filters = new ArrayList<>();
    for (JsonNode filter : params.path("filters")) {
      filters.add(filter(filter, filters.size() + 1, form));
    }
    return new EventQuery(
        startLedger, endLedger, cursor, limit == 0 ? DEFAULT_LIMIT : limit, filters);
  }

  boolean matches(SimulatedEvent event, String contract) {
    return filters.isEmpty()
        || filters.stream().anyMatch(filter -> filter.matches(event, contract));
  }

  private static Filter filter(JsonNode filter, int number, RpcForm form) throws RpcException {
    String start = "filter " + number + " invalid: ";
    String joined = filter.path("type").asText("");
    List<String> types = joined.isEmpty() ? List.of() : List.of(joined.split(",", -1));
    for (String type : types) {
      if (!type.equals("system") && !type.equals("contract")) {
        if (form.since(RpcForm.V23)) {
          throw invalid(
              start + "filter type invalid: if set, type must be either 'system' or 'contract'");
        } else if (!type.equals("diagnostic")) {
          throw invalid(
              start
                  + "filter type invalid: if set, type must be either 'system', 'contract' or"
                  + " 'diagnostic'");
        }
      }
    }
    List<String> contracts = texts(filter.path("contractIds"));
    if (contracts.size() > MOST) {
      throw invalid(start + "maximum 5 contract IDs per filter");
    }
    if (filter.path("topics").size() > MOST) {
      throw invalid(start + "maximum 5 topics per filter");
    }
    for (int i = 0; i < contracts.size(); i++) {
      try {
        StrKey.decodeContract(contracts.get(i));
      } catch (RuntimeException e) {
        throw invalid(start + "contract ID " + (i + 1) + " invalid");
      }
    }
    List<List<String>> topics = new ArrayList<>();
    for (JsonNode topic : filter.path("topics")) {
      topics.add(texts(topic));
      if (topic.isEmpty()) {
        throw invalid(
            start + "topic " + topics.size() + " invalid: topic must have at least 1 segment");
      }
    }
    return new Filter(types, contracts, topics);
  }

  private static long number(JsonNode parent, String name) throws RpcException {
    JsonNode value = parent.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return 0;
    }
    if (!value.isIntegralNumber() || value.asLong() < 0 || value.asLong() > 0xffff_ffffL) {
      throw invalid("invalid parameters: json: cannot unmarshal " + name);
    }
    return value.asLong();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static RpcException invalid(String message) {
    return new RpcException(RpcException.INVALID_PARAMS, message);
  }
}
