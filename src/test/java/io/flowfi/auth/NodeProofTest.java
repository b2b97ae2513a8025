package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.auth.NodeProof.Request;
import io.flowfi.log.LogSecret;
import io.flowfi.payment.Address;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeProofTest {
  private static final Address ADMIN =
      new Address("GBTSE4RMW65WAJUVUPWDNPPWPS3IAS32BNNKSHMWAQ7HWSMHQWJ2AQS6");
  private static final byte[] BODY = "{\"message\":\"a\"}".getBytes(StandardCharsets.UTF_8);
  private static final Request ASKED = new Request("POST", "/v1/admin/notices?scope=node", BODY);

  private final LogSecret secret = LogSecret.random();
  private long nanos = Duration.ofDays(20_000).toNanos();
  private final NodeProof one = node(secret, "one");
  private final NodeProof two = node(secret, "two");

  private NodeProof node(LogSecret of, String id) {
    return new NodeProof(() -> of.mac("test"), () -> nanos, id);
  }

  /** What stands behind the scheme. */
  private static String credentials(String header) {
    assertThat(header).startsWith("FlowFi-Node v1.");
    return header.substring(NodeProof.SCHEME.length() + 1);
  }

  private void assertRefused(NodeProof by, String credentials, Request request) {
    assertThatThrownBy(() -> by.check(credentials, request))
        .isInstanceOf(AuthException.Invalid.class)
        .hasMessage("this is no valid request of another node to this one");
  }

  @Test
  void shouldKnowForWhomAnotherNodeAsks() {
    Caller caller = two.check(credentials(one.of(ASKED, "two", Optional.of(ADMIN))), ASKED);
    assertThat(caller.account()).contains(ADMIN);
    assertThat(caller.isAdmin()).isTrue();
    assertThat(two.check(credentials(one.of(ASKED, "two", Optional.empty())), ASKED).account())
        .isEmpty();
  }

  @Test
  void shouldRefuseEverythingElse() {
    String proof = credentials(one.of(ASKED, "two", Optional.of(ADMIN)));
    for (Request other :
        List.of(
            new Request("DELETE", ASKED.target(), BODY),
            new Request("POST", "/v1/admin/notices?scope=cluster", BODY),
            new Request("POST", ASKED.target(), new byte[0]))) {
      assertRefused(two, proof, other);
    }
    assertRefused(one, proof, ASKED); // meant for another node
    assertRefused(node(LogSecret.random(), "two"), proof, ASKED); // of another log
    for (String made :
        List.of(
            "",
            "v1",
            proof.replace(ADMIN.strKey(), "-"),
            proof.substring(0, proof.length() - 4) + "AAAA",
            proof + "A")) {
      assertRefused(two, made, ASKED);
    }
    assertThat(two.check(proof, ASKED).isAdmin()).as("the one that is right").isTrue();
  }

  @Test
  void shouldTakeEachOnceAndOnlyFromNow() {
    String proof = credentials(one.of(ASKED, "two", Optional.of(ADMIN)));
    String late = credentials(one.of(ASKED, "two", Optional.of(ADMIN)));
    assertThat(late).isNotEqualTo(proof);
    two.check(proof, ASKED);
    assertRefused(two, proof, ASKED);
    nanos += NodeProof.WINDOW.plusMillis(1).toNanos();
    assertRefused(two, late, ASKED);
    String early = credentials(one.of(ASKED, "two", Optional.of(ADMIN)));
    nanos -= NodeProof.WINDOW.plusMillis(1).toNanos();
    assertRefused(two, early, ASKED);
    two.check(late, ASKED);
  }
}
