package io.flowfi.web.admin;

import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainRecords;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.wire.CommandBody;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The indexer's state, and what an administrator may ask of it. */
@Path("admin/indexer")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class IndexerResource {
  private static final Logger LOG = LoggerFactory.getLogger(IndexerResource.class);
  private static final String EVENT_ID = "[0-9]{19}-[0-9]{10}";

  private static final int MOST_SHOWN = 100;

  private final Optional<IndexerControl> indexer;
  private final ChainRecords records;
  private final Remembered<ChainCounts> counts;

  /**
   * @param indexer empty if no contract is followed
   */
  public IndexerResource(
      Optional<IndexerControl> indexer, ChainRecords records, InstantSource clock) {
    this.indexer = indexer;
    this.records = records;
    this.counts = new Remembered<>(now -> records.counts(), clock);
  }

  @GET
  @Path("status")
  public IndexerState status() {
    return state(indexer().status());
  }

  private IndexerState state(IndexerStatus status) {
    return IndexerState.of(status, indexer().followedBy(), counts());
  }

  /** What the indexer says of itself is most wanted when the store does not answer. */
  private Optional<ChainCounts> counts() {
    try {
      return Optional.of(counts.get().value());
    } catch (LogUnavailableException | ProblemException e) {
      LOG.debug("the streams of the chain were not counted", e);
      return Optional.empty();
    }
  }

  /** The events that were put aside, in the chain's order. */
  @GET
  @Path("quarantine")
  public QuarantinedEvents quarantined() {
    indexer();
    return QuarantinedEvents.of(records.quarantined(MOST_SHOWN + 1), MOST_SHOWN);
  }

  /** Goes on at a ledger. */
  @POST
  @Path("reset")
  public CompletionStage<Response> reset(InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    long ledger = body.ledger("ledger");
    boolean acceptGap = body.flag("acceptGap", "for false");
    body.build(() -> ledger);
    RequestRecorder.note(request, "ledger", ledger);
    RequestRecorder.note(request, "acceptGap", acceptGap);
    noteCursor(request);
    return answer(200, indexer().reset(ledger, acceptGap));
  }

  /** Reads a part of the chain again. */
  @POST
  @Path("replay")
  public CompletionStage<Response> replay(
      @Context UriInfo uri, InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    CommandBody.read(entity).build(() -> "");
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    Optional<Long> from = query.one("from_ledger", CommandBody::ledger);
    if (from.isEmpty() && !query.hasErrors()) {
      query.reject("from_ledger", "from_ledger is required: the first ledger to read again");
    }
    long ledger = query.buildStrictly(from::get);
    RequestRecorder.note(request, "from_ledger", ledger);
    return answer(202, indexer().replay(ledger));
  }

  /** Ends the running replay. */
  @DELETE
  @Path("replay")
  public CompletionStage<Response> cancelReplay() {
    return answer(200, indexer().cancelReplay());
  }

  /** Puts an event aside that cannot be decoded. */
  @POST
  @Path("quarantine")
  public CompletionStage<Response> quarantine(
      InputStream entity, @Context HttpServletRequest request) throws IOException {
    CommandBody body = CommandBody.read(entity);
    String id = body.text("id", EVENT_ID, "an event's id: 19 digits, a hyphen, 10 digits");
    String event = body.build(() -> id);
    RequestRecorder.note(request, "id", event);
    noteCursor(request);
    return answer(200, indexer().quarantine(event));
  }

  private IndexerControl indexer() {
    return indexer.orElseThrow(AdminAnswer::noChain);
  }

  private void noteCursor(HttpServletRequest request) {
    indexer()
        .status()
        .cursor()
        .ifPresent(cursor -> RequestRecorder.note(request, "scannedBefore", cursor.scanned()));
  }

  private CompletionStage<Response> answer(int status, CompletionStage<IndexerStatus> asked) {
    return AdminAnswer.of(asked, done -> Response.status(status).entity(state(done)).build());
  }
}
