package io.flowfi.auth;

import io.flowfi.payment.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stellar.sdk.Account;
import org.stellar.sdk.InvalidSep10ChallengeException;
import org.stellar.sdk.ManageDataOperation;
import org.stellar.sdk.Network;
import org.stellar.sdk.Operation;
import org.stellar.sdk.Sep10Challenge;
import org.stellar.sdk.TimeBounds;
import org.stellar.sdk.Transaction;
import org.stellar.sdk.TransactionBuilder;
import org.stellar.sdk.TransactionPreconditions;

/**
 * Stellar web authentication (SEP-10 3.4): issues challenges, and a token for each one that its
 * account signs and returns. A challenge is a transaction that no network accepts, because its
 * sequence number is 0.
 *
 * <p>The account's master key has to sign. Other signers and thresholds are on the network's
 * ledger, which this server does not read; an account whose master key no longer counts there can
 * still log in here with it.
 *
 * <p>A challenge gives one token, on any node with the same seal and the same spent challenges.
 * Where both are this process's own, a challenge ends with it. Any thread may call.
 */
public final class Sep10Login {
  /** What SEP-10 recommends: enough for a hardware wallet or a person. */
  public static final Duration LIFETIME = Duration.ofMinutes(15);

  private static final Logger LOG = LoggerFactory.getLogger(Sep10Login.class);
  private static final String WEB_AUTH_DOMAIN = "web_auth_domain";
  private static final String AUTH_SUFFIX = " auth";

  private final Sep10Settings settings;
  private final Network network;
  private final TokenIssuer tokens;
  private final InstantSource clock;
  private final ChallengeNonce nonces;
  private final SpentChallenges spent;
  private final AuthCounts attempts = new AuthCounts();
  private final AuthCounts sandboxAttempts = new AuthCounts();

  Sep10Login(
      Sep10Settings settings,
      TokenIssuer tokens,
      InstantSource clock,
      ChallengeSeal seal,
      SpentChallenges spent) {
    this.settings = settings;
    this.network = new Network(settings.networkPassphrase());
    this.tokens = tokens;
    this.clock = clock;
    this.nonces = new ChallengeNonce(seal);
    this.spent = spent;
  }

  public String homeDomain() {
    return settings.homeDomain();
  }

  public String networkPassphrase() {
    return settings.networkPassphrase();
  }

  /**
   * A challenge for an account, signed by the server.
   *
   * @param account {@code G...}
   * @return the transaction envelope in base64
   */
  public String challenge(Address account) {
    long from = clock.instant().getEpochSecond();
    String server = settings.signer().getAccountId();
    // the builder adds one to the sequence number
    Transaction challenge =
        new TransactionBuilder(new Account(server, -1L), network)
            .addOperation(
                data(account.strKey(), settings.homeDomain() + AUTH_SUFFIX, nonces.next(account)))
            .addOperation(data(server, WEB_AUTH_DOMAIN, settings.webAuthDomain()))
            .addPreconditions(
                TransactionPreconditions.builder()
                    .timeBounds(new TimeBounds(from, from + LIFETIME.toSeconds()))
                    .build())
            .setBaseFee(Transaction.MIN_BASE_FEE)
            .build();
    challenge.sign(settings.signer());
    return challenge.toEnvelopeXdrBase64();
  }

  private static Operation data(String source, String name, String value) {
    return new ManageDataOperation.Builder(name, value.getBytes(StandardCharsets.UTF_8))
        .setSourceAccount(source)
        .build();
  }

  /**
   * Exchanges a signed challenge for a token.
   *
   * @param envelope in base64
   * @param sandbox whether the attempt came through the sandbox: the token is the same, and the
   *     attempt is counted apart
   * @throws AuthException.Malformed if it is not one of our challenges
   * @throws AuthException.Invalid if it is not signed correctly, has expired, or was used
   */
  public Token login(String envelope, boolean sandbox) {
    return (sandbox ? sandboxAttempts : attempts).counted(() -> exchanged(envelope));
  }

  /** Logins since the start, by result. */
  Map<String, Long> attempts(boolean sandbox) {
    return (sandbox ? sandboxAttempts : attempts).byResult();
  }

  private Token exchanged(String envelope) {
    String canonical = ChallengeShape.check(envelope);
    Transaction challenge;
    String account;
    try {
      Sep10Challenge.ChallengeTransaction read =
          Sep10Challenge.readChallengeTransaction(
              canonical,
              settings.signer().getAccountId(),
              network,
              settings.homeDomain(),
              settings.webAuthDomain());
      challenge = read.getTransaction();
      account = read.getClientAccountId();
      Sep10Challenge.verifyChallengeTransactionSigners(
          canonical,
          settings.signer().getAccountId(),
          network,
          settings.homeDomain(),
          settings.webAuthDomain(),
          Set.of(account));
    } catch (InvalidSep10ChallengeException | IOException | RuntimeException e) {
      LOG.debug("a login was refused", e);
      throw refused();
    }
    if (!namesWebAuthDomain(challenge)) {
      throw refused();
    }
    checkTime(challenge, account);
    String id = challenge.hashHex();
    if (!spent.spend(id)) {
      throw new AuthException.Invalid(
          "this challenge has been used; each is good for one login: get a new one");
    }
    return tokens.issue(Address.parse("account", account), id);
  }

  /** The SDK checks the value if there is one; we always put one in. */
  private static boolean namesWebAuthDomain(Transaction challenge) {
    for (Operation operation : challenge.getOperations()) {
      if (operation instanceof ManageDataOperation data && WEB_AUTH_DOMAIN.equals(data.getName())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Stricter than the SDK, which allows five minutes before the beginning; and by both clocks,
   * because the clock of the challenge's times can be set.
   */
  private void checkTime(Transaction challenge, String account) {
    Instant now = clock.instant();
    long from = challenge.getTimeBounds().getMinTime().longValue();
    long until = challenge.getTimeBounds().getMaxTime().longValue();
    if (now.getEpochSecond() > until
        || !nonces.isCurrent(account, nonce(challenge), LIFETIME)
        || now.plus(TokenVerifier.CLOCK_SKEW).getEpochSecond() < from) {
      throw new AuthException.Invalid("this challenge has expired; get a new one");
    }
  }

  /** The first operation is the login, and its value is the nonce; the SDK has checked that. */
  private static byte[] nonce(Transaction challenge) {
    return ((ManageDataOperation) challenge.getOperations()[0]).getValue();
  }

  /** One text for all checks: which one failed helps only an attacker. The log has the details. */
  private static AuthException refused() {
    return new AuthException.Invalid(
        "the challenge is not valid: it must be a current one of this server, unchanged, and signed by the account's master key and nobody else: other signers and client domains are not looked up here");
  }
}
