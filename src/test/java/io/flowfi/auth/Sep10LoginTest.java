package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.flowfi.payment.Address;
import io.flowfi.time.Clocks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.MemoId;
import org.stellar.sdk.Network;
import org.stellar.sdk.Sep10Challenge;
import org.stellar.sdk.TimeBounds;
import org.stellar.sdk.Transaction;

/** Logins as a wallet makes them, with the wallet's side of the SDK. */
@Timeout(60)
class Sep10LoginTest {
  private static final KeyPair SERVER = KeyPair.random();
  private static final KeyPair ALICE = KeyPair.random();
  private static final KeyPair BOB = KeyPair.random();
  private static final Network TESTNET = new Network(Sep10Settings.TESTNET);
  private static final String HOME = "example.com";
  private static final String WEB_AUTH = "auth.example.com";

  // the SDK also uses the real time
  private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final AtomicReference<Instant> now = new AtomicReference<>(start);
  private final TokenIssuer tokens =
      new TokenIssuer(TestTokens.SECRET, "https://" + WEB_AUTH, Optional.of("flowfi"), now::get);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow
  private final Sep10Login login = login(LocalSpentChallenges.MAX);

  private Sep10Login login(int maxSpent) {
    return new Sep10Login(
        settings(HOME, WEB_AUTH),
        tokens,
        now::get,
        ChallengeSeal.ofThisProcess(nanos::get),
        new LocalSpentChallenges(nanos::get, Sep10Login.LIFETIME, maxSpent));
  }

  private static Sep10Settings settings(String home, String webAuth) {
    return new Sep10Settings(SERVER, home, webAuth, Sep10Settings.TESTNET);
  }

  private String challenge() {
    return login.challenge(new Address(ALICE.getAccountId()));
  }

  private static Transaction transaction(String envelope, Network network) throws Exception {
    return (Transaction) Transaction.fromEnvelopeXdr(envelope, network);
  }

  /** What a wallet does: check the challenge, sign it, send it back. */
  private static String signed(String envelope, KeyPair... signers) throws Exception {
    Transaction challenge = transaction(envelope, TESTNET);
    for (KeyPair signer : signers) {
      challenge.sign(signer);
    }
    return challenge.toEnvelopeXdrBase64();
  }

  private void assertRefused(String envelope, String why) {
    assertThatThrownBy(() -> login.login(envelope, false))
        .isInstanceOf(AuthException.Invalid.class)
        .hasMessageContaining(why);
  }

  private void assertMalformed(String envelope) {
    assertThatThrownBy(() -> login.login(envelope, false))
        .isInstanceOf(AuthException.Malformed.class)
        .hasMessageContaining("transaction must be");
  }

  @Test
  void shouldGiveTheChallengeThatTheStandardDescribes() throws Exception {
    String envelope = challenge();
    Sep10Challenge.ChallengeTransaction read =
        Sep10Challenge.readChallengeTransaction(
            envelope, SERVER.getAccountId(), TESTNET, HOME, WEB_AUTH);
    assertThat(read.getClientAccountId()).isEqualTo(ALICE.getAccountId());
    TimeBounds bounds = read.getTransaction().getTimeBounds();
    assertThat(bounds.getMaxTime().subtract(bounds.getMinTime()).longValue()).isEqualTo(900);
    assertThat(challenge()).isNotEqualTo(envelope);
  }

  @Test
  void shouldGiveATokenForASignedChallenge() throws Exception {
    String envelope = signed(challenge(), ALICE);
    Token token = login.login(envelope, false);
    assertThat(token.expires()).isEqualTo(now.get().plus(Duration.ofHours(8)));
    assertThat(token.toString()).doesNotContain(token.text());
    JWTClaimsSet claims = SignedJWT.parse(token.text()).getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo("https://" + WEB_AUTH);
    assertThat(claims.getAudience()).containsExactly("flowfi");
    assertThat(claims.getIssueTime()).isEqualTo(now.get());
    assertThat(claims.getJWTID()).isEqualTo(transaction(envelope, TESTNET).hashHex());
    AuthSettings settings =
        new AuthSettings(
            Optional.of(TestTokens.SECRET),
            Optional.empty(),
            Optional.empty(),
            Optional.of("https://" + WEB_AUTH),
            Optional.of("flowfi"),
            Set.of(),
            Optional.empty());
    Caller caller =
        new TokenVerifier(settings, Duration.ofSeconds(30), new Clocks(now::get, nanos::get))
            .verify(token.text());
    assertThat(caller.account()).hasValue(new Address(ALICE.getAccountId()));
    assertThat(caller.roles()).isEmpty();
  }

  @Test
  void shouldTakeAChallengeOnce() throws Exception {
    String envelope = signed(challenge(), ALICE);
    login.login(envelope, false);
    assertRefused(envelope, "has been used");
    // another order of the signatures is still the same challenge
    Transaction other = transaction(envelope, TESTNET);
    List<org.stellar.sdk.xdr.DecoratedSignature> signatures =
        new ArrayList<>(other.getSignatures());
    Transaction bare = transaction(challengeWithout(other), TESTNET);
    bare.addSignature(signatures.get(1));
    bare.addSignature(signatures.get(0));
    assertRefused(bare.toEnvelopeXdrBase64(), "has been used");
  }

  /** The same transaction without its signatures: the count is the last four bytes then. */
  private static String challengeWithout(Transaction signed) throws Exception {
    byte[] bytes = Base64.getDecoder().decode(signed.toEnvelopeXdrBase64());
    int signatures = signed.getSignatures().size() * (4 + 4 + 64);
    byte[] bare = Arrays.copyOf(bytes, bytes.length - signatures);
    ByteBuffer.wrap(bare).putInt(bare.length - 4, 0);
    return Base64.getEncoder().encodeToString(bare);
  }

  @Test
  void shouldGiveOneTokenToOneOfManyWhoTry() throws Exception {
    for (int round = 0; round < 3; round++) {
      String envelope = signed(challenge(), ALICE);
      assertThat(
              Race.wins(
                  100,
                  () -> {
                    try {
                      login.login(envelope, false);
                      return true;
                    } catch (AuthException.Invalid late) {
                      return false;
                    }
                  }))
          .isEqualTo(1);
    }
  }

  @Test
  void shouldNeedTheSignatureOfTheAccountAndNoOther() throws Exception {
    assertRefused(challenge(), "not valid");
    assertRefused(signed(challenge(), BOB), "not valid");
    assertRefused(signed(challenge(), ALICE, BOB), "not valid");
    assertRefused(signed(challenge(), ALICE, ALICE), "not valid");
    assertRefused(signed(challenge(), SERVER), "not valid");
  }

  @Test
  void shouldWantItsOwnSignature() throws Exception {
    String bare = challengeWithout(transaction(challenge(), TESTNET));
    assertRefused(bare, "not valid");
    assertRefused(signed(bare, ALICE), "not valid");
    assertRefused(signed(bare, ALICE, BOB), "not valid");
  }

  @Test
  void shouldNotTakeAChallengeOfAnotherServer() throws Exception {
    for (String[] domains : new String[][] {{"other.com", WEB_AUTH}, {HOME, "other.com"}}) {
      Sep10Login other =
          new Sep10Login(
              settings(domains[0], domains[1]),
              tokens,
              now::get,
              ChallengeSeal.ofThisProcess(nanos::get),
              new LocalSpentChallenges(nanos::get));
      assertRefused(signed(other.challenge(new Address(ALICE.getAccountId())), ALICE), "not valid");
    }
    Transaction impostors =
        Sep10Challenge.newChallenge(
            KeyPair.random(), TESTNET, ALICE.getAccountId(), HOME, WEB_AUTH, bounds(0, 900));
    assertRefused(signed(impostors.toEnvelopeXdrBase64(), ALICE), "not valid");
  }

  private TimeBounds bounds(long from, long until) {
    long second = now.get().getEpochSecond();
    return new TimeBounds(second + from, second + until);
  }

  @Test
  void shouldNotTakeASignatureForAnotherNetwork() throws Exception {
    Transaction forPublic = transaction(challenge(), Network.PUBLIC);
    forPublic.sign(ALICE);
    assertRefused(forPublic.toEnvelopeXdrBase64(), "not valid");
  }

  @Test
  void shouldNotTakeAChallengeOutOfItsTime() throws Exception {
    String late = signed(challenge(), ALICE);
    String later = signed(challenge(), ALICE);
    now.set(start.plusSeconds(900));
    login.login(late, false);
    // the SDK uses the real time, so our own check of the fifteen minutes is tested
    now.set(start.plusSeconds(901));
    assertRefused(later, "expired");
    now.set(start.minusSeconds(31));
    assertRefused(later, "expired");
  }

  @Test
  void shouldNotTakeAChallengeLongerBecauseTheClockWasSetBack() throws Exception {
    String late = signed(challenge(), ALICE);
    String later = signed(challenge(), ALICE);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(900));
    login.login(late, false);
    nanos.addAndGet(1);
    assertRefused(later, "expired");
  }

  @Test
  void shouldTakeAChallengeOnceThoughTheClockIsSetForthAndBack() throws Exception {
    String used = signed(challenge(), ALICE);
    login.login(used, false);
    now.set(start.plusSeconds(1000));
    assertRefused(used, "expired");
    now.set(start.plusSeconds(10));
    // others log in meanwhile, and used ones are forgotten then
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(890));
    login.login(signed(challenge(), ALICE), false);
    assertRefused(used, "has been used");
  }

  @Test
  void shouldTakeLoginsAtOnceWhenAClockThatWasAheadIsPutRight() throws Exception {
    now.set(start.plus(Duration.ofDays(3650)));
    Sep10Login ahead = login(10);
    ahead.challenge(new Address(ALICE.getAccountId()));
    now.set(start);
    ahead.login(signed(ahead.challenge(new Address(ALICE.getAccountId())), ALICE), false);
  }

  /** This process does not know which challenges the previous one has seen used. */
  @Test
  void shouldNotTakeAChallengeOfTheProcessBefore() throws Exception {
    String envelope = signed(challenge(), ALICE);
    Sep10Login restarted = login(10);
    assertThatThrownBy(() -> restarted.login(envelope, false))
        .isInstanceOf(AuthException.Invalid.class)
        .hasMessageContaining("expired");
    restarted.login(signed(restarted.challenge(new Address(ALICE.getAccountId())), ALICE), false);
  }

  /** A challenge with our signature that we did not make: its MAC is for another account. */
  @Test
  void shouldNotTakeANonceThatIsNotSealedForTheAccount() throws Exception {
    Transaction forBob =
        Sep10Challenge.newChallenge(
            SERVER, TESTNET, BOB.getAccountId(), HOME, WEB_AUTH, bounds(0, 900));
    forBob.sign(BOB);
    assertRefused(forBob.toEnvelopeXdrBase64(), "expired");
  }

  @Test
  void shouldNotForgetAUsedChallengeToMakeRoom() throws Exception {
    Sep10Login small = login(2);
    for (int i = 0; i < 2; i++) {
      small.login(signed(small.challenge(new Address(ALICE.getAccountId())), ALICE), false);
    }
    String third = signed(small.challenge(new Address(ALICE.getAccountId())), ALICE);
    assertThatThrownBy(() -> small.login(third, false))
        .isInstanceOf(AuthException.Unavailable.class);
  }

  @Test
  void shouldNotTakeUsersWhoShareAnAccount() throws Exception {
    Transaction challenge =
        Sep10Challenge.newChallenge(
            SERVER,
            TESTNET,
            ALICE.getAccountId(),
            HOME,
            WEB_AUTH,
            bounds(0, 900),
            "",
            "",
            new MemoId(7L));
    assertMalformed(signed(challenge.toEnvelopeXdrBase64(), ALICE));
  }

  @Test
  void shouldNotTakeWhatIsNoChallenge() {
    for (String text : List.of("", "!", "AAAA", "AAAAAg==", challenge().substring(4) + "====")) {
      assertMalformed(text);
    }
  }

  @Test
  void shouldNotTakeAChallengeThatWasChanged() throws Exception {
    String envelope = signed(challenge(), ALICE);
    byte[] bytes = Base64.getDecoder().decode(envelope);
    Random random = new Random(7);
    for (int i = 0; i < 400; i++) {
      byte[] changed = bytes.clone();
      changed[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> login.login(Base64.getEncoder().encodeToString(changed), false))
          .isInstanceOfAny(AuthException.Invalid.class, AuthException.Malformed.class);
    }
    login.login(envelope, false);
  }

  /** The SDK would allocate room for as many operations or signatures as the bytes claim. */
  @Test
  void shouldNotBelieveTheLengthsThatAnEnvelopeClaims() throws Exception {
    byte[] bytes = Base64.getDecoder().decode(signed(challenge(), ALICE));
    for (int at = 0; at + 4 <= bytes.length; at += 4) {
      for (int claim : new int[] {Integer.MAX_VALUE, 0x7ffffff0, 300_000_000, -1}) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).putInt(at, claim);
        String envelope = Base64.getEncoder().encodeToString(changed);
        assertThatThrownBy(() -> login.login(envelope, false))
            .isInstanceOfAny(AuthException.Invalid.class, AuthException.Malformed.class);
      }
    }
  }
}
