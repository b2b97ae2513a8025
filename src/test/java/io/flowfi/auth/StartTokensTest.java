package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.payment.Address;
import io.flowfi.time.Clocks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StartTokensTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));

  private static Map<String, Caller> callers(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("JWT_SECRET", TestTokens.SECRET);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StartTokens.print(environment, CLOCK, new PrintStream(out, true, StandardCharsets.US_ASCII));
    AuthSettings settings =
        new AuthSettings(
            Optional.of(TestTokens.SECRET),
            Optional.empty(),
            Optional.empty(),
            Optional.ofNullable(more.get("JWT_ISSUER")),
            Optional.ofNullable(more.get("JWT_AUDIENCE")),
            Set.of(),
            Optional.empty());
    Map<String, Caller> callers = new HashMap<>();
    try (Authentication server =
        new Authentication(
            settings,
            new LocalTickets(Clocks.system()),
            ChallengeSeal.ofThisProcess(System::nanoTime),
            new LocalSpentChallenges(System::nanoTime),
            Optional.empty(),
            Optional.empty(),
            new Clocks(CLOCK, System::nanoTime))) {
      for (String line : out.toString(StandardCharsets.US_ASCII).lines().toList()) {
        String[] words = line.split(" ");
        Caller caller = server.byToken(words[2], false);
        assertThat(caller.account()).hasValue(new Address(words[1]));
        callers.put(words[0], caller);
      }
    }
    return callers;
  }

  @Test
  void shouldVouchForEachRole() {
    Map<String, Caller> callers = callers(Map.of());
    assertThat(callers).containsOnlyKeys("admin", "service", "sender", "recipient");
    assertThat(callers.get("admin").roles()).containsExactly(Caller.Role.ADMIN);
    assertThat(callers.get("service").roles()).containsExactly(Caller.Role.SERVICE);
    assertThat(callers.get("sender").roles()).isEmpty();
    assertThat(callers.get("recipient").roles()).isEmpty();
    assertThat(callers.values()).extracting(Caller::account).doesNotHaveDuplicates();
  }

  @Test
  void shouldKeepToTheIssuerAndAudienceOfTheServer() {
    assertThat(callers(Map.of("JWT_ISSUER", "https://issuer.example", "JWT_AUDIENCE", "flowfi")))
        .hasSize(4);
  }
}
