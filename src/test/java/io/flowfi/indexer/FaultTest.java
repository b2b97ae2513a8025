package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may read what of a fault. */
class FaultTest {
  private static final String NODE = "https://rpc.internal.example";

  static List<Fault> aboutNodes() {
    return List.of(
        new Fault.OtherChain("7", NODE, "the topics or the value differ"),
        new Fault.Disagreement("7", NODE, "https://b.example", "only the first one has it"),
        new Fault.WrongNetwork(NODE + ": the node serves another network"),
        new Fault.Unusable(NODE + ": it failed"));
  }

  /** The notice is in the answers of health, which anybody may ask for. */
  @ParameterizedTest
  @MethodSource("aboutNodes")
  void shouldNameNodesToAdministratorsOnly(Fault fault) {
    assertThat(fault.reason()).contains(NODE);
    assertThat(fault.notice()).isNotBlank().doesNotContain("https://");
  }
}
