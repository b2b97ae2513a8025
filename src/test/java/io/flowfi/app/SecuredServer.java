package io.flowfi.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jwt.JWTClaimsSet;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.Network;
import org.stellar.sdk.Sep10Challenge;
import org.stellar.sdk.Transaction;

/** A secured node, and some callers. */
final class SecuredServer {
  static final String ALICE = TestAddresses.account(1);
  static final String BOB = TestAddresses.account(2);
  static final String CAROL = TestAddresses.account(3);
  static final String ADMIN = TestAddresses.account(4);
  static final KeyPair SERVER_KEY = KeyPair.random();
  static final String AUDIENCE = "flowfi-tests";

  /** Near the real time, because the Stellar SDK uses it. */
  static final Instant START = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  static final Instant LATER = START.plusSeconds(3600);

  private SecuredServer() {}

  static ApiServer start(Path directory, String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    variables.put("JWT_SECRET", TestTokens.SECRET);
    variables.put("JWT_AUDIENCE", AUDIENCE);
    variables.put("ADMIN_PUBLIC_KEY", ADMIN);
    variables.put("SEP10_SIGNING_SEED", new String(SERVER_KEY.getSecretSeed()));
    variables.put("SEP10_HOME_DOMAIN", "example.com");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new ApiServer(directory, variables, START);
  }

  static JWTClaimsSet.Builder claims(String account, Instant expires) {
    return TestTokens.claims(account, expires).audience(AUDIENCE);
  }

  static String token(String account) {
    return TestTokens.hs256(TestTokens.SECRET, claims(account, LATER).build());
  }

  static String token(String account, String scope) {
    return TestTokens.hs256(
        TestTokens.SECRET, claims(account, LATER).claim("scope", scope).build());
  }

  /** The header and its value. */
  static String[] bearer(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  static String[] as(String account) {
    return bearer(token(account));
  }

  static String stream(String id, String sender, String recipient) {
    return """
        {"streamId": "%s", "sender": "%s", "recipient": "%s", "tokenAddress": "%s",
         "ratePerSecond": "10", "depositedAmount": "1000000", "startTime": %d}
        """
        .formatted(id, sender, recipient, TestAddresses.contract(0), START.getEpochSecond() - 100);
  }

  /** The transaction of a challenge with the wallet's signature, in base64. */
  static String signed(String challenge, KeyPair wallet) throws Exception {
    JsonNode answer = new ObjectMapper().readTree(challenge);
    Network network = new Network(answer.path("network_passphrase").asText());
    Transaction transaction =
        Sep10Challenge.readChallengeTransaction(
                answer.path("transaction").asText(),
                SERVER_KEY.getAccountId(),
                network,
                "example.com",
                "example.com")
            .getTransaction();
    transaction.sign(wallet);
    return transaction.toEnvelopeXdrBase64();
  }
}
