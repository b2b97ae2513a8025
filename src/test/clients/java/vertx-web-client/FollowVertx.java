package io.flowfi.clients;

import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;

/** Follows everything with Vert.x' web client, whose stream ends when the connection does. */
final class FollowVertx {
  private final Vertx vertx = Vertx.vertx();
  private final WebClient client =
      WebClient.create(vertx, new WebClientOptions().setIdleTimeout(45));
  private final Position position;

  private FollowVertx(Position position) {
    this.position = position;
  }

  public static void main(String[] arguments) {
    new FollowVertx(new Position(arguments[0])).open();
  }

  private void open() {
    client
        .getAbs(position.url())
        .putHeader("Last-Event-ID", position.last())
        .as(
            BodyCodec.sseStream(
                stream -> stream.handler(event -> position.heard(event.event(), event.id()))))
        .send()
        .onComplete(
            end -> {
              if (Position.isToComeBack(end.succeeded() ? "completed" : "failed: " + end.cause())) {
                vertx.setTimer(2000, timer -> open());
              }
            });
  }
}
