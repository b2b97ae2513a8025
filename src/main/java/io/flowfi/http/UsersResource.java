package io.flowfi.http;

import io.flowfi.ledger.AddressSummary;
import io.flowfi.ledger.EventHistory;
import io.flowfi.ledger.StreamQueries;
import io.flowfi.stream.Address;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What concerns one address, as sender or recipient. */
@Path("users/{key}")
@Produces(MediaType.APPLICATION_JSON)
public final class UsersResource {
  private final StreamQueries streams;
  private final EventHistory history;
  private final InstantSource clock;

  public UsersResource(StreamQueries streams, EventHistory history, InstantSource clock) {
    this.streams = streams;
    this.history = history;
    this.clock = clock;
  }

  @GET
  @Path("summary")
  public byte[] summary(@PathParam("key") String key) {
    AddressSummary summary = streams.summary(Address.parse("key", key), clock.instant().getEpochSecond());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("address", summary.address().strKey());
    answer.put("at", summary.at());
    answer.put("asSender", totals(summary.asSender()));
    answer.put("asRecipient", totals(summary.asRecipient()));
    return Json.write(answer);
  }

  private static List<Map<String, Object>> totals(List<AddressSummary.Total> totals) {
    return totals.stream()
        .map(
            total -> {
              Map<String, Object> answer = new LinkedHashMap<>();
              answer.put("tokenAddress", total.token().strKey());
              answer.put("status", total.status().name());
              answer.put("streams", total.count());
              answer.put("depositedAmount", total.deposited().toString());
              answer.put("withdrawnAmount", total.withdrawn().toString());
              answer.put("claimableAmount", total.claimable().toString());
              return answer;
            })
        .toList();
  }

  @GET
  @Path("events")
  public String events(@PathParam("key") String key, @Context UriInfo uri) {
    Address user = Address.parse("key", key);
    return HistoryRequest.page(history, uri.getQueryParameters(), Optional.empty(), Optional.of(user));
  }
}
