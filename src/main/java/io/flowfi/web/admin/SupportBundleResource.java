package io.flowfi.web.admin;

import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.OfWholeServer;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.wire.Json;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that somebody needs who looks for a fault from afar, as one download. It has no secrets. */
@Path("admin/support-bundle")
@ForAdmins
public final class SupportBundleResource {
  private static final Logger LOG = LoggerFactory.getLogger(SupportBundleResource.class);

  /** What the entity of {@link Response} is sent as. */
  static final String MEDIA_TYPE = "application/zip";

  private final List<Part> parts;

  /** One at a time: a dump of threads stops all of them for a moment. */
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * One file of it.
   *
   * @param name of the file
   */
  public record Part(String name, Content content) {
    /** What Jackson writes as JSON. */
    public static Part json(String name, Content.Source source) {
      return new Part(name, out -> out.write(Json.write(source.get())));
    }
  }

  /** Writes a part. Nothing that it throws ends the bundle. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws Exception;

    /** Reads what a part holds. */
    @FunctionalInterface
    interface Source {
      Object get() throws Exception;
    }
  }

  public SupportBundleResource(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  @GET
  @OfWholeServer
  @Produces(MEDIA_TYPE)
  public Response bundle(@Context HttpServletRequest request) throws IOException {
    if (!busy.compareAndSet(false, true)) {
      throw ProblemException.later(503, "another support bundle is being written", 5);
    }
    RequestRecorder.note(request, "parts", parts.size());
    try {
      // in memory, some hundred KB, so that a slow client keeps nobody from the next one
      return Response.ok(zip(), MEDIA_TYPE)
          .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"flowfi-support.zip\"")
          .build();
    } finally {
      busy.set(false);
    }
  }

  private byte[] zip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Part part : parts) {
        zip.putNextEntry(new ZipEntry(part.name()));
        write(part, zip);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** A part that cannot be read says so: it may be the one that has failed. */
  private static void write(Part part, OutputStream zip) throws IOException {
    try {
      part.content().writeTo(zip);
    } catch (Exception e) {
      LOG.warn("the part {} of the support bundle cannot be read", part.name(), e);
      zip.write(
          ("cannot be read: " + e.getClass().getSimpleName()).getBytes(StandardCharsets.UTF_8));
    }
  }
}
