package io.flowfi.web.edge;

import io.flowfi.output.LongAnswer;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.File;
import java.io.InputStream;

/**
 * A streamed answer of a resource can have any length. All other answers of the API fit into the
 * socket's buffer.
 */
public final class StreamedAnswers implements ContainerResponseFilter {
  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    Object entity = response.getEntity();
    if (entity instanceof StreamingOutput
        || entity instanceof InputStream
        || entity instanceof File) {
      // properties of the context are attributes of the servlet request
      LongAnswer.begin(request.getProperty(LongAnswer.ATTRIBUTE));
    }
  }
}
