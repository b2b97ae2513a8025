package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FrameBlockTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer.duplicate()).toString();
  }

  @Test
  void shouldKnowWhichFrameAByteCountEndsIn() {
    FrameBlock block = new FrameBlock();
    block.add(bytes("aaaa"), 11);
    block.add(bytes("bb"), 15);
    block.add(bytes("cccccc"), 16);
    assertThat(text(block.view())).isEqualTo("aaaabbcccccc");
    int[] begun = {0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3};
    String[] rest = {"", "aaa", "aa", "a", "", "b", "", "ccccc", "cccc", "ccc", "cc", "c", ""};
    for (int taken = 0; taken <= 12; taken++) {
      assertThat(block.begunWithin(taken)).as("begun within %d", taken).isEqualTo(begun[taken]);
      assertThat(text(block.restOfFrame(taken))).as("rest after %d", taken).isEqualTo(rest[taken]);
    }
    assertThat(block.position(1)).isEqualTo(11);
    assertThat(block.position(3)).isEqualTo(16);
  }

  @Test
  void shouldGiveEveryConnectionAFreshView() {
    FrameBlock block = new FrameBlock();
    block.add(bytes("hello"), 1);
    block.view().get(new byte[3]);
    assertThat(text(block.view())).isEqualTo("hello");
    assertThat(block.view().isReadOnly()).isTrue();
  }

  @Test
  void shouldTakeAFrameLargerThanItselfAloneAndRefuseWhatDoesNotFit() {
    FrameBlock block = new FrameBlock();
    byte[] huge = new byte[FrameBlock.TARGET_BYTES + 5];
    assertThat(block.add(huge, 1)).isTrue();
    assertThat(block.add(bytes("x"), 2)).isFalse();
    assertThat(block.view().remaining()).isEqualTo(huge.length);
    block.clear();
    assertThat(block.isEmpty()).isTrue();
    assertThat(block.add(bytes("x"), 2)).isTrue();
    assertThat(text(block.view())).isEqualTo("x");
  }
}
