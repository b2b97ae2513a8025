package io.flowfi.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalRateLimiterTest {
  private final AtomicLong now = new AtomicLong();

  @Test
  void shouldSayWhenTheNextTokenComes() {
    RateLimiter limiter = new LocalRateLimiter(6, () -> 1, now::get);
    for (int i = 0; i < 6; i++) {
      assertThat(limiter.take("a")).isZero();
    }
    assertThat(limiter.take("a")).isEqualTo(10);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(9_500));
    assertThat(limiter.take("a")).isEqualTo(1);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isEqualTo(10);
    assertThat(limiter.take("b")).isZero();
  }

  /** All nodes together allow the limit, however many there are. */
  @Test
  void shouldAllowANodesShare() {
    AtomicInteger nodes = new AtomicInteger(3);
    RateLimiter limiter = new LocalRateLimiter(6, nodes::get, now::get);
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.peek("a")).isEqualTo(30);
    assertThat(limiter.take("a")).isEqualTo(30);
    now.addAndGet(TimeUnit.SECONDS.toNanos(30));
    assertThat(limiter.peek("a")).isZero();
    nodes.set(1);
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isEqualTo(10);
    // more nodes than there is to share
    nodes.set(100);
    assertThat(limiter.take("b")).isZero();
    assertThat(limiter.take("b")).isEqualTo(60);
  }

  @Test
  void shouldLookWithoutTaking() {
    RateLimiter limiter = new LocalRateLimiter(1, () -> 1, now::get);
    assertThat(limiter.peek("a")).isZero();
    assertThat(limiter.peek("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.peek("a")).isEqualTo(60);
  }

  @Test
  void shouldForgetRatherThanGrow() {
    LocalRateLimiter limiter = new LocalRateLimiter(1);
    for (int i = 0; i < 3 * LocalRateLimiter.MAX_KEYS; i++) {
      limiter.take("key " + i);
    }
    assertThat(limiter.keys()).isLessThanOrEqualTo(LocalRateLimiter.MAX_KEYS);
  }
}
