package io.flowfi.web.events;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.QueryMark;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;

/**
 * Gives an {@code ETag} to pages of past events that can no longer change, and answers 304 to a
 * client that has such a page. The tag stands for the events: {@code total} and {@code head} may
 * have grown, so it is weak. Another log has other tags, and so has a page of which retention has
 * removed an event.
 */
public final class HistoryTags implements ContainerResponseFilter {
  private final LogIdentity log;

  public HistoryTags(LogIdentity log) {
    this.log = log;
  }

  /**
   * The tag of a page within its log.
   *
   * @param asked the client's query, which its cursors belong to
   * @param query the same, narrowed to what the client may see
   * @return empty if later events could change it
   */
  static Optional<String> tag(HistoryPage page, HistoryQuery asked, HistoryQuery query) {
    LogPosition end = page.bounds().head().next();
    boolean full = query.ascending() && page.hasMore();
    boolean closed = query.before().filter(before -> !before.isAfter(end)).isPresent();
    if (!full && !closed) {
      return Optional.empty();
    }
    List<LoggedEvent> events = page.events();
    String mark =
        QueryMark.of(
            query.stream(),
            query.user(),
            asked.user(),
            HistoryCursor.marked(query.types()),
            query.after(),
            query.before(),
            query.ascending(),
            query.limit(),
            query.offset());
    return Optional.of(
        // retention may have removed all of a page, or what followed it
        (events.isEmpty() ? "n" : page.hasMore() ? "m" : "e")
            + (events.isEmpty() ? page.through() : events.get(0).position())
            + "-"
            + (events.isEmpty() ? page.through() : events.get(events.size() - 1).position())
            + "-"
            + mark);
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!(response.getEntity() instanceof HistoryAnswer page) || page.tag().isEmpty()) {
      return;
    }
    String tag = log + "." + page.tag().get();
    response.getHeaders().putSingle(HttpHeaders.ETAG, "W/\"" + tag + "\"");
    // but proxies may compress it: that does not change a weak tag
    response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    if (isKnown(tag, request.getHeaderString(HttpHeaders.IF_NONE_MATCH))) {
      response.setEntity(null);
      response.setStatusInfo(Response.Status.NOT_MODIFIED);
    }
  }

  /** Ignores what a proxy that compresses has added to the tag, such as {@code -gzip}. */
  private static boolean isKnown(String tag, String ifNoneMatch) {
    return ifNoneMatch != null
        && ("*".equals(ifNoneMatch.trim())
            || ifNoneMatch.contains('"' + tag + '"')
            || ifNoneMatch.contains('"' + tag + '-'));
  }
}
