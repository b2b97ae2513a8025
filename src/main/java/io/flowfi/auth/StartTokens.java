package io.flowfi.auth;

import io.flowfi.auth.Caller.Role;
import io.flowfi.payment.Address;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Prints a token for each role, to use with a secured server that was just started ({@code mvn
 * -Psecured}). The sender and the recipient are those of the examples in the documentation. The
 * keys of the four accounts are not needed: the secret signs the tokens.
 */
public final class StartTokens {
  private record Holder(String name, String account, Set<Role> roles) {}

  private static final List<Holder> HOLDERS =
      List.of(
          new Holder(
              "admin",
              "GBDGY33XIZUSARLWMVXHI4Z2EBQWI3LJNYXC4LROFYXC4LROFYXC4HSQ",
              Set.of(Role.ADMIN)),
          new Holder(
              "service",
              "GBDGY33XIZUSARLWMVXHI4Z2EBZWK4TWNFRWKLROFYXC4LROFYXC5XIX",
              Set.of(Role.SERVICE)),
          new Holder(
              "sender", "GBTSE4RMW65WAJUVUPWDNPPWPS3IAS32BNNKSHMWAQ7HWSMHQWJ2AQS6", Set.of()),
          new Holder(
              "recipient", "GCA336MKW524HCRAKCQMCV4YFFHIWTS4TXRSLLPO3EXDKGXXIFZENKIU", Set.of()));

  private StartTokens() {}

  /**
   * Reads the server's own variables, so that the secret is in no list of processes.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    print(
        System.getenv(),
        InstantSource.system(),
        new PrintStream(System.out, true, StandardCharsets.US_ASCII));
  }

  /** One line for each role: role, account, token. */
  static void print(Map<String, String> environment, InstantSource clock, PrintStream out) {
    TokenIssuer issuer =
        new TokenIssuer(
            environment.get("JWT_SECRET"),
            environment.getOrDefault("JWT_ISSUER", "https://localhost"),
            Optional.ofNullable(environment.get("JWT_AUDIENCE")),
            clock);
    for (Holder holder : HOLDERS) {
      Token token =
          issuer.issue(
              Address.parse("account", holder.account()),
              UUID.randomUUID().toString(),
              holder.roles());
      out.println(holder.name() + " " + holder.account() + " " + token.text());
    }
  }
}
