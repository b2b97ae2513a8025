package io.flowfi.http;

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
 * A body in memory, in blocks that are not copied together, up to a limit. An answer is complete
 * when its body is: so a time-out on the answer bounds the body as well, which is not so if the
 * body is read as a stream.
 */
public final class BoundedBody implements BodySubscriber<InputStream> {
  /** The body is larger than we take. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(int limit) {
      super("an answer of more than " + limit + " bytes");
    }
  }

  /** A part for each piece that arrives would cost more than the pieces, if they are small. */
  private static final int BLOCK = 64 << 10;

  private final int limit;
  private final CompletableFuture<InputStream> whole = new CompletableFuture<>();
  private final List<InputStream> full = new ArrayList<>();
  private Subscription subscription;
  private byte[] block = new byte[BLOCK];
  private int used;

  public BoundedBody(int limit) {
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
      if (buffer.remaining() > limit - full.size() * BLOCK - used) {
        subscription.cancel();
        full.clear();
        whole.completeExceptionally(new TooLargeException(limit));
        return;
      }
      while (buffer.hasRemaining()) {
        add(buffer);
      }
    }
  }

  private void add(ByteBuffer buffer) {
    if (used == BLOCK) {
      full.add(new ByteArrayInputStream(block));
      block = new byte[BLOCK];
      used = 0;
    }
    int bytes = Math.min(buffer.remaining(), BLOCK - used);
    buffer.get(block, used, bytes);
    used += bytes;
  }

  @Override
  public void onError(Throwable why) {
    whole.completeExceptionally(why);
  }

  @Override
  public void onComplete() {
    full.add(new ByteArrayInputStream(block, 0, used));
    whole.complete(new SequenceInputStream(Collections.enumeration(full)));
  }
}
