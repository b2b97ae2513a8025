package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.log.EventFilter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionSetTest {
  private static Connection connection() {
    Subscription subscription =
        new Subscription("c", EventFilter.EVERYTHING, Optional.empty(), false);
    return new Connection(null, subscription, through -> {});
  }

  @Test
  void shouldHoldExactlyThoseThatCameAndDidNotGo() {
    ConnectionSet set = new ConnectionSet();
    Set<Connection> expected = new LinkedHashSet<>();
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      if (expected.isEmpty() || random.nextInt(5) < 3) {
        Connection comes = connection();
        set.add(comes);
        expected.add(comes);
      } else {
        Connection goes = new ArrayList<>(expected).get(random.nextInt(expected.size()));
        set.remove(goes);
        expected.remove(goes);
        assertThat(goes.place).isEqualTo(ConnectionSet.NONE);
      }
      assertThat(set.copy()).doesNotHaveDuplicates().hasSameSizeAs(expected);
    }
    assertThat(set.copy()).containsExactlyElementsOf(expected); // in the order they came

    for (int page : new int[] {1, 7, 100}) {
      List<Connection> met = new ArrayList<>();
      List<Connection> next = set.after(ConnectionSet.BEGINNING, page);
      while (!next.isEmpty()) {
        met.addAll(next);
        next = set.after(next.get(next.size() - 1).number, page);
      }
      assertThat(met).containsExactlyElementsOf(expected);
    }

    for (Connection member : set.copy()) {
      set.remove(member);
    }
    assertThat(set.isEmpty()).isTrue();
    assertThat(set.copy()).isEqualTo(List.of());
  }
}
