package io.flowfi.web.events;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.auth.Caller;
import io.flowfi.log.EventFilter;
import io.flowfi.log.SavedFilters;
import io.flowfi.web.access.Access;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.JsonBody;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Filters that are too long for a URL: most servers and proxies accept 8 KB, which is half of the
 * largest filter. They come in a body and are used by a short id.
 */
@Path("events/filters")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class FiltersResource {
  private static final int RETRY_SECONDS = 60;

  private final SavedFilters filters;
  private final Access access;

  public FiltersResource(SavedFilters filters, Access access) {
    this.filters = filters;
    this.access = access;
  }

  /**
   * Saves a filter for its caller, who must be allowed to follow it. That is checked again at each
   * subscribe.
   */
  @POST
  public SavedFilter keep(InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    Caller caller = CallerFilter.callerOf(request);
    EventFilter filter = read(JsonBody.object(entity));
    access.filter(caller, filter);
    SavedFilters.Kept kept = filters.keep(caller.account(), filter);
    if (kept.refusal() == SavedFilters.Refusal.OWNERS_SHARE) {
      throw ProblemException.later(
          429,
          "you have "
              + SavedFilters.MAX_PER_OWNER
              + " filters; each is forgotten a day after"
              + " it was last subscribed to",
          RETRY_SECONDS);
    }
    if (kept.refusal() == SavedFilters.Refusal.FULL) {
      throw ProblemException.later(
          503, "the server has no room for more filters at the moment", RETRY_SECONDS);
    }
    return new SavedFilter(kept.id(), SavedFilters.LIFETIME.toSeconds());
  }

  private static EventFilter read(JsonNode body) {
    MultivaluedMap<String, String> fields = new MultivaluedHashMap<>();
    QueryParameters query = new QueryParameters(fields, FieldError::ofField);
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      JsonNode value = field.getValue();
      fields.put(field.getKey(), new ArrayList<>());
      for (JsonNode one : value.isArray() ? value : List.of(value)) {
        if (one.isTextual() || one.isBoolean() || one.isIntegralNumber() && isExact(one)) {
          fields.add(field.getKey(), one.asText());
        } else {
          query.reject(
              FieldError.shortened(field.getKey()),
              "a filter holds strings; ids above 2^53-1 are strings, too, and nothing is null");
        }
      }
    }
    WrittenFilter written = WrittenFilter.read(query);
    query.rejectUnknown();
    if (written.choosesNothing() && !query.hasErrors()) {
      query.reject("streams", "follow something: streams, users or all");
    }
    return query.build(written::toFilter);
  }

  /** Larger ones may have been rounded by the browser that sent them. */
  private static boolean isExact(JsonNode number) {
    return number.canConvertToLong() && Math.abs(number.asLong()) <= (1L << 53) - 1;
  }

  /**
   * A saved filter.
   *
   * @param filter its id
   * @param expiresIn seconds after it was last subscribed to
   */
  record SavedFilter(String filter, long expiresIn) {}
}
