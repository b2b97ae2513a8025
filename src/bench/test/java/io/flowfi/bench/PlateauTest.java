package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlateauTest {
  private static int readings(int most, Double... figures) {
    Iterator<Double> next = List.of(figures).iterator();
    int before = figures.length;
    Plateau.await(next::next, 2, 1.03, most);
    int left = 0;
    while (next.hasNext()) {
      next.next();
      left++;
    }
    return before - left;
  }

  @Test
  void shouldReadUntilSeveralReadingsAreNoRise() {
    assertThat(readings(10, 1.0, 2.0, 2.05, 2.06, 9.0)).isEqualTo(4);
    assertThat(readings(10, 1.0, 2.0, 2.05, 3.0, 3.0, 2.0, 9.0)).as("a rise between").isEqualTo(6);
  }

  @Test
  void shouldEndSomeTime() {
    assertThat(readings(3, 1.0, 2.0, 3.0, 4.0)).isEqualTo(3);
  }
}
