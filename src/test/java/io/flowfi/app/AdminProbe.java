package io.flowfi.app;

import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.ForAnybody;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.StreamingOutput;

/** A resource for administrators. */
@Path("admin/probe")
@ForAdmins
public final class AdminProbe {
  @GET
  public StreamingOutput read() {
    return out -> out.write('x');
  }

  @DELETE
  @Path("{id}")
  public void close() {
    // access was granted
  }

  /** The method's own mark counts. */
  @GET
  @Path("open")
  @ForAnybody
  public void open() {
    // access was granted
  }
}
