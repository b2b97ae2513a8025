package io.flowfi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer of another server may cost, and that nothing of it is lost. */
class BoundedBodyTest {
  private static final int LIMIT = 200_000;

  private final BoundedBody body = new BoundedBody(LIMIT);
  private boolean cancelled;

  BoundedBodyTest() {
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {
            // everything comes as the test sends it
          }

          @Override
          public void cancel() {
            cancelled = true;
          }
        });
  }

  private CompletableFuture<InputStream> whole() {
    return body.getBody().toCompletableFuture();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(20).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, 65_536, 70_000, LIMIT})
  void shouldKeepEveryByteUpToTheLimitWhateverThePieces(int piece) throws Exception {
    byte[] sent = bytes(LIMIT);
    for (int from = 0; from < LIMIT; from += piece) {
      body.onNext(List.of(ByteBuffer.wrap(sent, from, Math.min(piece, LIMIT - from))));
    }
    assertThat(whole()).isNotDone();
    body.onComplete();
    assertThat(whole().get().readAllBytes()).isEqualTo(sent);
    assertThat(cancelled).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_536, LIMIT})
  void shouldTakeNothingMoreWithTheFirstByteThatIsTooMuch(int piece) {
    byte[] sent = bytes(LIMIT + 1);
    for (int from = 0; from <= LIMIT; from += piece) {
      body.onNext(List.of(ByteBuffer.wrap(sent, from, Math.min(piece, LIMIT + 1 - from))));
    }
    assertThat(cancelled).isTrue();
    assertThat(whole())
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(BoundedBody.TooLargeException.class)
        .withMessageContaining("an answer of more than 200000 bytes");
  }

  @Test
  void shouldNotTakeABodyThatBreaksOffForAWholeOne() {
    body.onNext(List.of(ByteBuffer.wrap(bytes(10))));
    body.onError(new IOException("the connection was reset"));
    assertThat(whole())
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IOException.class)
        .withMessageContaining("reset");
  }
}
