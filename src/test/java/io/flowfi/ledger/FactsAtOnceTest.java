package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FactsAtOnceTest {
  private final FactsAtOnce facts = new FactsAtOnce();

  @Test
  void shouldGrowToWhatFitsAndNoFurther() {
    long each = FactsAtOnce.TARGET / 800;
    for (int i = 0; i < 20; i++) {
      facts.took(Math.max(250, facts.most()), Math.max(250, facts.most()) * each);
    }
    assertThat(facts.most()).isEqualTo(800);
  }

  @Test
  void shouldHaveALimitHoweverFastTheDiskIs() {
    for (int i = 0; i < 20; i++) {
      facts.took(Math.max(250, facts.most()), 1);
    }
    assertThat(facts.most()).isEqualTo(FactsAtOnce.MOST);
  }

  @Test
  void shouldBeLessAtOnceAfterATransactionThatTookLong() {
    facts.took(250, 1);
    assertThat(facts.most()).isEqualTo(500);
    facts.took(500, 10 * FactsAtOnce.TARGET);
    assertThat(facts.most()).isEqualTo(50);
  }

  @Test
  void shouldLearnNothingFromCommands() {
    facts.took(250, 1);
    facts.took(0, 10 * FactsAtOnce.TARGET);
    assertThat(facts.most()).isEqualTo(500);
  }
}
