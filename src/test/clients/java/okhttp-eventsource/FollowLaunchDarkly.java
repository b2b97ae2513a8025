package io.flowfi.clients;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** Follows everything with LaunchDarkly's okhttp-eventsource. */
final class FollowLaunchDarkly {
  private FollowLaunchDarkly() {}

  public static void main(String[] arguments) throws StreamException {
    Position position = new Position(arguments[0]);
    ConnectStrategy connect =
        ConnectStrategy.http(URI.create(arguments[0])).readTimeout(45, TimeUnit.SECONDS);
    EventSource.Builder builder = new EventSource.Builder(connect);
    if (Position.isToComeBack("started")) {
      builder.errorStrategy(ErrorStrategy.alwaysContinue());
    }
    try (EventSource source = builder.build()) {
      source.start();
      for (MessageEvent event : source.messages()) {
        position.heard(event.getEventName(), event.getLastEventId());
      }
    }
    Position.isToComeBack("the loop has ended");
  }
}
