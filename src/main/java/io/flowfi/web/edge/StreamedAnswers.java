package io.flowfi.web.edge;

import io.flowfi.output.LongAnswer;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.File;
import java.io.InputStream;

/**
 * A streamed answer of a resource can have any length, and what administrators get may be long:
 * lists of 10,000 connections, an hour of statistics, a support bundle. All other answers of the
 * API fit into the socket's buffer.
 */
public final class StreamedAnswers implements ContainerResponseFilter {
  /** Nobody else gets a 200 there, so nobody without that role can hold a thread. */
  private static final String FOR_ADMINS = "admin/";

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    Object entity = response.getEntity();
    if (entity instanceof StreamingOutput
        || entity instanceof InputStream
        || entity instanceof File
        || response.getStatus() == 200 && request.getUriInfo().getPath().startsWith(FOR_ADMINS)) {
      // properties of the context are attributes of the servlet request
      LongAnswer.begin(request.getProperty(LongAnswer.ATTRIBUTE));
    }
  }
}
