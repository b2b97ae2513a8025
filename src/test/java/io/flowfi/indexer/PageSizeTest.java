package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PageSizeTest {
  private final PageSize size = new PageSize();

  @Test
  void shouldHalveDownToTheLeast() {
    assertThat(size.limit()).isEqualTo(1000);
    size.tooMany();
    assertThat(size.limit()).isEqualTo(500);
    for (int i = 0; i < 10; i++) {
      size.tooMany();
    }
    assertThat(size.limit()).isEqualTo(10);
  }

  @Test
  void shouldGrowBackSlowlyToTheMostWithFullPagesOnly() {
    for (int i = 0; i < 10; i++) {
      size.tooMany();
    }
    size.answered(page(9, 10));
    assertThat(size.limit()).isEqualTo(10);
    size.answered(page(10, 10));
    assertThat(size.limit()).isEqualTo(11);
    int pages = 1;
    while (size.limit() < 1000) {
      size.answered(page(size.limit(), size.limit()));
      pages++;
    }
    assertThat(pages).isBetween(50, 100);
    size.answered(page(1000, 1000));
    assertThat(size.limit()).isEqualTo(1000);
  }

  private static EventPage page(int events, int limit) {
    RpcEvent event =
        new RpcEvent("", RpcEvent.Kind.CONTRACT, null, 0, "", "", List.of(), new byte[0]);
    return new EventPage(
        Collections.nCopies(events, event),
        limit,
        "",
        1,
        OptionalLong.empty(),
        OptionalLong.empty());
  }
}
