package io.flowfi.clients;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/** Follows everything with okhttp-sse, which does not reconnect by itself. */
final class FollowOkHttp extends EventSourceListener {
  private final OkHttpClient client =
      new OkHttpClient.Builder().readTimeout(Duration.ofSeconds(45)).build();
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private final Position position;

  private FollowOkHttp(Position position) {
    this.position = position;
  }

  public static void main(String[] arguments) {
    new FollowOkHttp(new Position(arguments[0])).open();
  }

  private void open() {
    Request request =
        new Request.Builder().url(position.url()).header("Last-Event-ID", position.last()).build();
    EventSources.createFactory(client).newEventSource(request, this);
  }

  @Override
  public void onEvent(EventSource source, String id, String type, String data) {
    position.heard(type, id);
  }

  @Override
  public void onClosed(EventSource source) {
    comeBack("closed");
  }

  @Override
  public void onFailure(EventSource source, Throwable error, Response response) {
    comeBack("failed: " + error + ", " + response);
  }

  private void comeBack(String end) {
    if (Position.isToComeBack(end)) {
      later.schedule(this::open, 2, TimeUnit.SECONDS);
    }
  }
}
