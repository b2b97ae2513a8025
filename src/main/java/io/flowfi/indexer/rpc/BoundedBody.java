package io.flowfi.indexer.rpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/**
 * A body in memory, as it came and not copied together, up to a limit. An answer is complete when
 * its body is: so a time-out on the answer bounds the body as well, which is not so if the body is
 * read as a stream.
 */
final class BoundedBody implements BodySubscriber<InputStream> {
  /** The body is larger than we take. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(int limit) {
      super("an answer of more than " + limit + " bytes");
    }
  }

  private final int limit;
  private final CompletableFuture<InputStream> whole = new CompletableFuture<>();
  private final List<InputStream> parts = new ArrayList<>();
  private Subscription subscription;
  private int bytes;

  BoundedBody(int limit) {
    this.limit = limit;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return whole;
  }

  @Override
  public void onSubscribe(Subscription granted) {
    subscription = granted;
    granted.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (buffer.remaining() > limit - bytes) {
        subscription.cancel();
        parts.clear();
        whole.completeExceptionally(new TooLargeException(limit));
        return;
      }
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes += part.length;
      parts.add(new ByteArrayInputStream(part));
    }
  }

  @Override
  public void onError(Throwable why) {
    whole.completeExceptionally(why);
  }

  @Override
  public void onComplete() {
    whole.complete(new SequenceInputStream(Collections.enumeration(parts)));
  }
}
