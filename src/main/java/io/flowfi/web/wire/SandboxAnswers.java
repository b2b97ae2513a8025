package io.flowfi.web.wire;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Marks each JSON object that the sandbox answers with: {@code "sandbox":true} is its first member.
 * Events of the sandbox are marked where they are written, so exports need nothing here.
 */
public final class SandboxAnswers implements WriterInterceptor {
  private static final byte[] MARK = "{\"sandbox\":true".getBytes(StandardCharsets.US_ASCII);

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
