package io.flowfi.web.admin;

import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.IndexerRefusedException;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.indexer.StreamCheck;
import io.flowfi.payment.StreamId;
import io.flowfi.web.access.Access;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.admin.DriftReport.ValueDifference;
import io.flowfi.web.wire.CommandBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Streams of the chain that are not as the contract or their own events have them. */
@Path("admin/indexer")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class ReconciliationResource {
  private final Optional<Reconciliation> reconciliation;
  private final Optional<IndexerControl> indexer;

  /**
   * @param reconciliation empty if no contract is followed; {@code indexer} likewise
   */
  public ReconciliationResource(
      Optional<Reconciliation> reconciliation, Optional<IndexerControl> indexer) {
    this.reconciliation = reconciliation;
    this.indexer = indexer;
  }

  @GET
  @Path("drift")
  public DriftReport drift() {
    return DriftReport.of(reconciliation().status(), followedBy());
  }

  private Optional<ChainLease.Holder> followedBy() {
    return indexer.flatMap(IndexerControl::followedBy);
  }

  /** Compares one stream now, or all of them in the background. */
  @POST
  @Path("reconcile")
  public CompletionStage<Response> compare(InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    Optional<StreamId> one = body.optionalStreamId("streamId", "to compare all");
    body.build(() -> one);
    if (one.isEmpty()) {
      Reconciliation here = reconciliation();
      // of several nodes only that one goes round: a round that was wanted here would never begin
      followedBy()
          .ifPresent(
              other -> {
                throw AdminAnswer.refusal(IndexerRefusedException.otherNode(other));
              });
      here.compareAll();
      return CompletableFuture.completedFuture(
          Response.accepted(DriftReport.of(here.status(), followedBy())).build());
    }
    RequestRecorder.note(request, "streamId", one.get());
    return AdminAnswer.of(
        reconciliation().compare(one.get()),
        found -> {
          StreamCheck check = found.orElseThrow(() -> Access.unknown(one.get()));
          RequestRecorder.note(request, "differences", check.differences().size());
          return Response.ok(
                  new Comparison(
                      one.get().toString(),
                      check.differences().isEmpty() && check.later().isEmpty(),
                      check.asOfLedger(),
                      check.later().orElse(null),
                      ValueDifference.all(check.differences())))
              .build();
        });
  }

  /** Replaces what drifts by what the contract stores. */
  @POST
  @Path("reconcile/{id}")
  public CompletionStage<Response> repair(
      @PathParam("id") String id, InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    CommandBody.read(entity).build(() -> id);
    StreamId stream = StreamId.parse("id", id);
    return AdminAnswer.of(
        reconciliation().repair(stream),
        found -> {
          Reconciliation.Repair repair = found.orElseThrow(() -> Access.unknown(stream));
          RequestRecorder.note(request, "changed", repair.changed());
          RequestRecorder.note(request, "versionBefore", repair.before().stream().version());
          repair
              .before()
              .differences()
              .forEach(
                  one ->
                      RequestRecorder.note(
                          request, one.field(), one.here() + " -> " + one.there()));
          return Response.ok(
                  new Repaired(
                      stream.toString(),
                      repair.changed(),
                      ValueDifference.all(repair.before().differences())))
              .build();
        });
  }

  private Reconciliation reconciliation() {
    return reconciliation.orElseThrow(AdminAnswer::noChain);
  }

  /**
   * A stream beside what it should be.
   *
   * @param later why it cannot be compared with the contract now; null if it can
   */
  record Comparison(
      String streamId,
      boolean agrees,
      long asOfLedger,
      String later,
      List<ValueDifference> differences) {}

  /**
   * What a repair came to.
   *
   * @param differences those that there were before
   */
  record Repaired(String streamId, boolean changed, List<ValueDifference> differences) {}
}
