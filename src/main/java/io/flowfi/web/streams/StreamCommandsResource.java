package io.flowfi.web.streams;

import io.flowfi.auth.Caller;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.web.access.Access;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.wire.CommandBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * The commands that change payment streams (contract section 1). Passes each one from its request
 * to the ledger. The access rules decide whether the caller may do it, the ledger whether it is
 * possible.
 */
@Path("streams")
@Traced
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class StreamCommandsResource {
  private final Commands commands;
  private final Access access;

  public StreamCommandsResource(StreamLedger ledger, Access access) {
    this.commands = new Commands(ledger);
    this.access = access;
  }

  @POST
  public CompletionStage<Response> create(
      InputStream entity, @Context HttpHeaders headers, @Context HttpServletRequest request)
      throws IOException {
    Caller caller = CallerFilter.callerOf(request);
    CommandBody body = CommandBody.read(entity);
    Optional<StreamId> id = body.optionalStreamId("streamId", "to be given the next free id");
    Address sender = body.address("sender");
    Address recipient = body.address("recipient");
    Address token = body.address("tokenAddress");
    var rate = body.amount("ratePerSecond");
    var deposit = body.amount("depositedAmount");
    long startTime = body.time("startTime");
    var reference = body.reference();
    StreamCommand.Create create =
        body.build(
            () ->
                new StreamCommand.Create(
                    id, sender, recipient, token, rate, deposit, startTime, reference));
    access.toCreate(caller, create);
    return commands.create(caller, create, body, headers, request);
  }

  @POST
  @Path("{id}/top-up")
  public CompletionStage<Response> topUp(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    var amount = body.amount("amount");
    return submit(
        id,
        "top-up",
        body,
        headers,
        request,
        (stream, b) -> new StreamCommand.TopUp(stream, amount, b.reference()));
  }

  @POST
  @Path("{id}/withdraw")
  public CompletionStage<Response> withdraw(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    var amount = body.optionalAmount("amount", "to withdraw all that can be withdrawn");
    return submit(
        id,
        "withdraw",
        body,
        headers,
        request,
        (stream, b) -> new StreamCommand.Withdraw(stream, amount, b.reference()));
  }

  @POST
  @Path("{id}/pause")
  public CompletionStage<Response> pause(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    return submit(
        id,
        "pause",
        CommandBody.read(entity),
        headers,
        request,
        (stream, body) -> new StreamCommand.Pause(stream, body.reference()));
  }

  @POST
  @Path("{id}/resume")
  public CompletionStage<Response> resume(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    return submit(
        id,
        "resume",
        CommandBody.read(entity),
        headers,
        request,
        (stream, body) -> new StreamCommand.Resume(stream, body.reference()));
  }

  @POST
  @Path("{id}/cancel")
  public CompletionStage<Response> cancel(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    return submit(
        id,
        "cancel",
        CommandBody.read(entity),
        headers,
        request,
        (stream, body) -> new StreamCommand.Cancel(stream, body.reference()));
  }

  private CompletionStage<Response> submit(
      String id,
      String verb,
      CommandBody body,
      HttpHeaders headers,
      HttpServletRequest request,
      BiFunction<StreamId, CommandBody, StreamCommand.OnStream> make) {
    StreamId stream = StreamId.parse("id", id);
    body.reference(); // read before build(), which rejects fields that were not read
    StreamCommand.OnStream command = body.build(() -> make.apply(stream, body));
    Caller caller = CallerFilter.callerOf(request);
    access.toRun(caller, command);
    return commands.submit(
        caller, command, "streams/" + stream + "/" + verb, body, headers, request);
  }
}
