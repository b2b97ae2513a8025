package io.flowfi.web.streams;

import io.flowfi.web.events.HistoryAnswer;
import io.flowfi.web.events.LegacyHistory;
import io.flowfi.web.wire.PathPrefixes;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import java.util.List;

/**
 * Gives the pages of the replaced service what they read, if their base URL ends in {@code
 * /legacy}: the same requests reach the same resources with the same rights, and only the form of
 * streams and past events is another. All other answers are the same as elsewhere.
 */
public final class LegacyAnswers implements ContainerResponseFilter {
  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    Object answer = response.getEntity();
    if (answer != null && request.getProperty(PathPrefixes.IS_LEGACY) != null) {
      response.setEntity(legacy(answer));
    }
  }

  private static Object legacy(Object answer) {
    if (answer instanceof StreamList list) {
      return new LegacyList(
          LegacyStream.all(list.streams()), list.limit(), list.hasMore(), list.nextCursor());
    } else if (answer instanceof StreamState stream) {
      return LegacyStream.of(stream);
    } else if (answer instanceof UsersResource.User user) {
      return new LegacyUser(
          user.publicKey(),
          LegacyStream.all(user.sentStreams()),
          LegacyStream.all(user.receivedStreams()));
    } else if (answer instanceof HistoryAnswer page) {
      return LegacyHistory.of(page);
    }
    return answer;
  }

  /** A page of streams. */
  record LegacyList(List<LegacyStream> data, int limit, boolean hasMore, String nextCursor) {}

  /** An address and its latest streams. */
  record LegacyUser(
      String publicKey, List<LegacyStream> sentStreams, List<LegacyStream> receivedStreams) {}
}
