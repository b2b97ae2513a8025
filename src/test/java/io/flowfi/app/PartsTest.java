package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void shouldCloseInReverseWhateverOneOfThemThrows() {
    Parts parts = new Parts();
    parts.add("first", () -> closed.add("first"));
    parts.add(
        "second",
        () -> {
          closed.add("second");
          throw new LinkageError("test");
        });
    parts.add("third", () -> closed.add("third"));
    parts.add(
        "fourth",
        () -> {
          closed.add("fourth");
          throw new IllegalStateException("test");
        });
    parts.closeDownTo(3);
    assertThat(closed).containsExactly("fourth");
    parts.close();
    parts.close();
    assertThat(closed).containsExactly("fourth", "third", "second", "first");
  }
}
