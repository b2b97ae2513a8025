package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JudgementTest {
  private static final Verdict FOREIGN =
      Verdict.of(Verdict.Kind.OTHER_NETWORK, "the node serves another network");

  /** It can never bring what the others have lost. */
  @Test
  void shouldNotWaitForANodeOfAnotherNetwork() {
    assertThat(Judgement.of(Map.of("own", Verdict.lost(500), "foreign", FOREIGN), 2, 100))
        .contains(new Fault.Gap(101, 499));
  }

  @Test
  void shouldWaitForANodeThatHasSaidNothingYet() {
    assertThat(Judgement.of(Map.of("own", Verdict.lost(500)), 2, 100)).isEmpty();
  }
}
