package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AnswersTest {
  /** The watch may refuse commands while the writer ends. */
  @Test
  void shouldGiveAnswersAtOnceWhenItHasNoThreadsAnyMore() {
    Answers answers = new Answers();
    answers.end();
    CompletableFuture<String> future = new CompletableFuture<>();
    answers.give(List.of(new Answer<>(future, "done", null)));
    assertThat(future).isCompletedWithValue("done");
  }
}
