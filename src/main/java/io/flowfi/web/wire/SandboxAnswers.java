package io.flowfi.web.wire;

import jakarta.servlet.ServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Marks each JSON object that the sandbox answers with: {@code "sandbox":true} is its first member.
 * Events of the sandbox are marked where they are written, so exports need nothing here. A {@code
 * Location} leads to the sandbox too: a client that follows it must not find the real stream of the
 * same id.
 */
public final class SandboxAnswers implements WriterInterceptor, ContainerResponseFilter {
  private static final byte[] MARK = "{\"sandbox\":true".getBytes(StandardCharsets.US_ASCII);

  private static final String MEANT = SandboxAnswers.class.getName();

  /** Notes that a request is for the sandbox. */
  public static void mean(ServletRequest request) {
    request.setAttribute(MEANT, Boolean.TRUE);
  }

  /** Whether a request is for the sandbox, as far as that is known. */
  public static boolean areMeant(ServletRequest request) {
    return request.getAttribute(MEANT) != null;
  }

  /** The same object, marked if the request is for the sandbox. */
  static byte[] marked(ServletRequest request, byte[] object) {
    if (!areMeant(request)) {
      return object;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(MARK.length + 1 + object.length);
    try (Marked marked = new Marked(bytes)) {
      marked.write(object);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    URI location = response.getLocation();
    if (location != null) {
      response
          .getHeaders()
          .putSingle(
              HttpHeaders.LOCATION,
              location
                  + (location.getRawQuery() == null ? "?" : "&")
                  + QueryParameters.SANDBOX
                  + "=true");
    }
  }

  @Override
  public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
    MediaType type = context.getMediaType();
    if (type != null && (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"))) {
      context.setOutputStream(new Marked(context.getOutputStream()));
    }
    context.proceed();
  }

  /** Our writers put nothing before the object, and no space into an empty one. */
  private static final class Marked extends FilterOutputStream {
    private boolean begun;
    private boolean marked;

    Marked(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      if (!begun) {
        begun = true;
        marked = b == '{';
        out.write(marked ? MARK : new byte[] {(byte) b});
        return;
      }
      if (marked) {
        marked = false;
        if (b != '}') {
          out.write(',');
        }
      }
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int at = offset;
      int end = offset + length;
      while (at < end && (!begun || marked)) {
        write(bytes[at++]);
      }
      out.write(bytes, at, end - at);
    }
  }
}
