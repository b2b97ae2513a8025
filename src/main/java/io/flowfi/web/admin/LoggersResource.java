package io.flowfi.web.admin;

import io.flowfi.logs.LogLevel;
import io.flowfi.logs.LoggerLevels;
import io.flowfi.logs.UnknownLoggerException;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.OfWholeServer;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.wire.CommandBody;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** How much this node logs, changed while it runs. */
@Path("admin/loggers")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class LoggersResource {
  private static final int LONGEST_SECONDS = 86_400;

  private final LoggerLevels levels;

  public LoggersResource(LoggerLevels levels) {
    this.levels = levels;
  }

  @GET
  public LoggerList list() {
    return new LoggerList(levels.all().stream().map(LoggerState::of).toList());
  }

  @GET
  @Path("{name}")
  public LoggerState get(@PathParam("name") String name) {
    return known(() -> levels.get(name));
  }

  /** An error is always logged: no level hides it. */
  @PUT
  @OfWholeServer
  @Path("{name}")
  public LoggerState set(
      @PathParam("name") String name, InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    String level =
        body.text("level", "trace|debug|info|warn|error", "trace, debug, info, warn or error");
    Optional<Duration> lasting =
        body.optionalSeconds("seconds", 1, LONGEST_SECONDS, "to keep it while the node runs");
    body.build(() -> level);
    RequestRecorder.note(request, "level", level);
    lasting.ifPresent(time -> RequestRecorder.note(request, "seconds", time.toSeconds()));
    return known(() -> levels.set(name, LogLevel.valueOf(level.toUpperCase(Locale.ROOT)), lasting));
  }

  @DELETE
  @OfWholeServer
  @Path("{name}")
  public LoggerState reset(@PathParam("name") String name) {
    return known(() -> levels.reset(name));
  }

  private static LoggerState known(Supplier<LoggerLevels.State> asked) {
    try {
      return LoggerState.of(asked.get());
    } catch (UnknownLoggerException e) {
      throw ProblemException.of(404, e.getMessage());
    }
  }

  /** All loggers of ours. */
  record LoggerList(List<LoggerState> loggers) {}

  /**
   * A logger.
   *
   * @param changed whether an administrator has set its level
   * @param until when that ends; null if it does not
   */
  record LoggerState(String name, String level, boolean changed, String until) {
    static LoggerState of(LoggerLevels.State state) {
      return new LoggerState(
          state.name(),
          state.level().word(),
          state.changed(),
          state.until().map(Instant::toString).orElse(null));
    }
  }
}
