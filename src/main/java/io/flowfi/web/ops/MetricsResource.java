package io.flowfi.web.ops;

import io.flowfi.metrics.Exposition;
import io.flowfi.output.OnePiece;
import io.flowfi.web.access.ForAdmins;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/**
 * The figures of the node for Prometheus: its text format 0.0.4, or OpenMetrics for those who
 * prefer it. They show how busy the node is and how it is configured, so only administrators may
 * read them here; a scraper without a token has the port of its own, {@code METRICS_PORT}.
 */
@Path("metrics")
@ForAdmins
public final class MetricsResource {
  private final Exposition exposition;

  public MetricsResource(Exposition exposition) {
    this.exposition = exposition;
  }

  /** Whatever the header asks for otherwise, there are these two formats. */
  @GET
  public Response metrics(@Context HttpHeaders headers, @Context HttpServletRequest request) {
    Exposition.Answer answer = exposition.answer(headers.getHeaderString(HttpHeaders.ACCEPT));
    OnePiece.begin(request, answer.body().length);
    // told here, because Jersey does not know the length of what its buffer cannot hold, and an
    // answer in chunks is written and read in more pieces
    return Response.ok(answer.body())
        .type(answer.type())
        .header(HttpHeaders.CONTENT_LENGTH, answer.body().length)
        .build();
  }
}
