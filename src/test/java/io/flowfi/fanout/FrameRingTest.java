package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FrameRingTest {
  @Test
  void shouldKeepTheLatestFramesByCount() {
    FrameRing ring = new FrameRing(4, 1 << 20, 10);
    assertThat(ring.tail()).isEqualTo(11);
    assertThat(ring.size()).isZero();
    for (long p = 11; p <= 20; p++) {
      ring.append(List.of(MemoryLog.frame(p)));
    }
    assertThat(ring.head()).isEqualTo(20);
    assertThat(ring.tail()).isEqualTo(17);
    assertThat(ring.get(16)).isNull();
    assertThat(ring.get(17).position().value()).isEqualTo(17);
    assertThat(ring.get(21)).isNull();
  }

  @Test
  void shouldKeepTheLatestFramesByBytesButAlwaysTheNewest() {
    FrameRing ring = new FrameRing(1024, 300, 0);
    for (long p = 1; p <= 500; p++) {
      ring.append(List.of(MemoryLog.frame(p)));
      assertThat(ring.size()).isPositive();
      assertThat(ring.bytes()).isLessThanOrEqualTo(300);
    }
    FrameRing tiny = new FrameRing(8, 1, 0);
    tiny.append(List.of(MemoryLog.frame(1)));
    tiny.append(List.of(MemoryLog.frame(2)));
    assertThat(tiny.get(2)).isNotNull();
    assertThat(tiny.get(1)).isNull();
  }

  @Test
  void shouldRefuseAFrameOutOfOrder() {
    FrameRing ring = new FrameRing(4, 1 << 20, 10);
    assertThatThrownBy(() -> ring.append(List.of(MemoryLog.frame(12))))
        .isInstanceOf(IllegalArgumentException.class);
    ring.append(List.of(MemoryLog.frame(11)));
    assertThatThrownBy(() -> ring.append(List.of(MemoryLog.frame(11))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTakeAllFramesOrNone() {
    FrameRing ring = new FrameRing(4, 1 << 20, 10);
    List<Frame> gap = List.of(MemoryLog.frame(11), MemoryLog.frame(12), MemoryLog.frame(14));
    assertThatThrownBy(() -> ring.append(gap))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("frame 14 does not follow 12");
    assertThat(ring.head()).isEqualTo(10);
    ring.append(gap.subList(0, 2));
    assertThat(ring.head()).isEqualTo(12);
  }

  @Test
  void shouldGiveReadersTheFrameAskedForOrNoneWhileItIsOverwritten() throws InterruptedException {
    FrameRing ring = new FrameRing(8, 1 << 20, 0);
    AtomicReference<String> wrong = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              long p = 1;
              while (p < 200_000 && wrong.get() == null) {
                long head = ring.head();
                Frame frame = ring.get(p);
                if (frame != null && frame.position().value() != p) {
                  wrong.set("asked for " + p + ", got " + frame.position());
                } else if (frame == null && p <= head && p >= ring.tail()) {
                  wrong.set("position " + p + " is between tail and head and yet missing");
                }
                p = frame != null ? p + 1 : Math.max(p, ring.tail());
              }
            });
    reader.start();
    for (long p = 1; p <= 200_000; p++) {
      ring.append(List.of(MemoryLog.frame(p)));
    }
    reader.join();
    assertThat(wrong.get()).isNull();
  }

  @Test
  void shouldLeaveOutWhatWillNeverCome() {
    FrameRing ring = new FrameRing(8, 1 << 20, 10);
    ring.append(List.of(MemoryLog.frame(11), MemoryLog.frame(12)));
    ring.skipTo(100);
    assertThat(ring.head()).isEqualTo(100);
    assertThat(ring.tail()).isEqualTo(101);
    assertThat(ring.size()).isZero();
    assertThat(ring.bytes()).isZero();
    for (long gone : new long[] {11, 12, 13, 100}) {
      assertThat(ring.get(gone)).isNull();
    }
    ring.append(List.of(MemoryLog.frame(101)));
    assertThat(ring.get(101).position().value()).isEqualTo(101);
    assertThat(ring.bytes()).isEqualTo(MemoryLog.frame(101).bytes().length);
    for (long notAhead : new long[] {50, 101}) {
      assertThatThrownBy(() -> ring.skipTo(notAhead)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
