package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import io.flowfi.auth.Caller.Role;
import io.flowfi.it.TestAddresses;
import io.flowfi.logs.LoggedLines;
import io.flowfi.payment.Address;
import io.flowfi.time.Clocks;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokenVerifierTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
  private static final Instant LATER = NOW.plusSeconds(600);
  private static final String ALICE = TestAddresses.account(1);
  private static final RSAKey RSA = TestTokens.rsaKey("rsa", 2048);
  private static final ECKey EC = TestTokens.ecKey("ec");
  private static final TestTokens.Ed25519 ED = TestTokens.Ed25519.generate("ed");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final AtomicLong nanos = new AtomicLong();
  private KeySetServer issuer;
  private TokenVerifier verifier;
  private Optional<String> other = Optional.empty();

  @AfterEach
  void stop() {
    if (verifier != null) {
      verifier.close();
    }
    if (issuer != null) {
      issuer.close();
    }
  }

  private void start(
      Optional<String> secret, Optional<String> iss, Optional<String> aud, String... admins) {
    AuthSettings settings =
        new AuthSettings(
            secret,
            other,
            Optional.ofNullable(issuer).map(KeySetServer::url),
            iss,
            aud,
            Set.copyOf(List.of(admins).stream().map(Address::new).toList()),
            Optional.empty());
    verifier =
        new TokenVerifier(settings, Duration.ofSeconds(30), new Clocks(now::get, nanos::get));
  }

  private void startWithSecret() {
    start(Optional.of(TestTokens.SECRET), Optional.empty(), Optional.empty());
  }

  private void startWithKeys(JWK... keys) throws Exception {
    issuer = new KeySetServer(keys);
    start(Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static JWTClaimsSet.Builder claims() {
    return TestTokens.claims(ALICE, LATER);
  }

  private static String hs256(JWTClaimsSet.Builder claims) {
    return TestTokens.hs256(TestTokens.SECRET, claims.build());
  }

  private void assertRefused(String token, String why) {
    assertThatThrownBy(() -> verifier.verify(token))
        .isInstanceOf(AuthException.Invalid.class)
        .hasMessageContaining(why);
  }

  private void assertAlice(String token) {
    assertThat(verifier.verify(token).account()).hasValue(new Address(ALICE));
  }

  @Test
  void shouldAlsoTakeTokensOfTheOtherSecretAndCountThem() {
    String secret = "the secret before this one: 32 bytes";
    other = Optional.of(secret);
    startWithSecret();
    assertAlice(hs256(claims()));
    assertThat(verifier.byOtherSecret()).as("it was not needed").hasValue(0);
    String earlier = TestTokens.hs256(secret, claims().build());
    assertAlice(earlier);
    assertAlice(earlier); // remembered
    assertThat(verifier.byOtherSecret()).hasValue(1);
    assertRefused(
        TestTokens.hs256(secret, TestTokens.claims(ALICE, NOW.minusSeconds(60)).build()),
        "expired");
    assertRefused(TestTokens.hs256(secret + "x", claims().build()), "signature is not valid");
    assertThat(verifier.byOtherSecret()).as("those were not accepted").hasValue(1);
    verifier.close();
    other = Optional.empty();
    startWithSecret();
    assertRefused(earlier, "signature is not valid");
    assertThat(verifier.byOtherSecret()).isEmpty();
  }

  @Test
  void shouldFindTheCallerOfAToken() {
    startWithSecret();
    Caller caller = verifier.verify(hs256(claims()));
    assertThat(caller.account()).hasValue(new Address(ALICE));
    assertThat(caller.roles()).isEmpty();
    assertThat(caller.seesOnly()).hasValue(new Address(ALICE));
    assertThat(caller.expires()).hasValue(LATER.plusSeconds(30));
  }

  @ParameterizedTest
  @CsvSource({
    "admin,true,true",
    "service,false,true",
    "read admin write,true,true",
    "admins administrator,false,false",
    "ADMIN,false,false",
    "'',false,false"
  })
  void shouldReadTheScope(String scope, boolean admin, boolean actsForOthers) {
    startWithSecret();
    Caller caller = verifier.verify(hs256(claims().claim("scope", scope)));
    assertThat(caller.isAdmin()).isEqualTo(admin);
    assertThat(caller.mayActForOthers()).isEqualTo(actsForOthers);
  }

  @Test
  void shouldNotGuessAScopeThatIsNoString() {
    startWithSecret();
    assertRefused(hs256(claims().claim("scope", List.of("admin"))), "scope");
  }

  @Test
  void shouldMakeConfiguredAccountsAdministrators() {
    start(Optional.of(TestTokens.SECRET), Optional.empty(), Optional.empty(), ALICE);
    assertThat(verifier.verify(hs256(claims())).roles()).containsExactly(Role.ADMIN);
    String bob = TestTokens.token(TestAddresses.account(2), LATER);
    assertThat(verifier.verify(bob).roles()).isEmpty();
  }

  @Test
  void shouldEndATokenWithItsExpAndNotBecauseClocksDiffer() {
    startWithSecret();
    String token = hs256(claims());
    assertAlice(token);
    now.set(LATER.plusSeconds(29));
    assertAlice(token);
    // already verified, and still expired
    now.set(LATER.plusSeconds(30));
    assertRefused(token, "expired");
    assertRefused(TestTokens.token(ALICE, NOW.minusSeconds(1)), "expired");
  }

  @Test
  void shouldWantAnEnd() {
    startWithSecret();
    assertRefused(hs256(new JWTClaimsSet.Builder().subject(ALICE)), "no exp");
  }

  @Test
  void shouldNotTakeATokenBeforeItsTime() {
    startWithSecret();
    String token = hs256(claims().notBeforeTime(Date.from(NOW.plusSeconds(31))));
    assertRefused(token, "not valid yet");
    now.set(NOW.plusSeconds(1));
    assertAlice(token);
  }

  @Test
  void shouldCheckTheIssuer() {
    start(Optional.of(TestTokens.SECRET), Optional.of("https://i.example"), Optional.empty());
    assertAlice(hs256(claims().issuer("https://i.example")));
    assertRefused(hs256(claims()), "issuer");
    assertRefused(hs256(claims().issuer("https://i.example/")), "issuer");
  }

  @Test
  void shouldCheckTheAudience() {
    start(Optional.of(TestTokens.SECRET), Optional.empty(), Optional.of("flowfi"));
    assertAlice(hs256(claims().audience("flowfi")));
    assertAlice(hs256(claims().audience(List.of("other", "flowfi"))));
    assertRefused(hs256(claims()), "not for this server");
    assertRefused(hs256(claims().audience("flowfi2")), "not for this server");
  }

  @Test
  void shouldWantAnAccountForASubject() {
    startWithSecret();
    String typo = ALICE.substring(0, 55) + (ALICE.endsWith("A") ? "B" : "A");
    for (String subject :
        new String[] {null, "", "alice", typo, TestAddresses.contract(1), ALICE + ":7"}) {
      assertRefused(hs256(claims().subject(subject)), "sub");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "a.b", "a.b.c", "....", "eyJhbGciOiJIUzI1NiJ9.e30.", "\u0000", "a b c"})
  void shouldRefuseWhatIsNoToken(String text) {
    startWithSecret();
    assertRefused(text, "token");
  }

  @Test
  void shouldNotEvenLookAtATokenOfManyKilobytes() {
    startWithSecret();
    assertRefused(hs256(claims().claim("padding", "x".repeat(9000))), "too long");
  }

  @Test
  void shouldRefuseATokenThatWasChanged() {
    startWithSecret();
    String[] parts = hs256(claims()).split("\\.", -1);
    String admin = Base64URL.encode(claims().claim("scope", "admin").build().toString()).toString();
    assertRefused(parts[0] + "." + admin + "." + parts[2], "signature");
    assertRefused(parts[0] + "." + parts[1] + ".", "token");
    assertRefused(TestTokens.hs256(TestTokens.SECRET + "!", claims().build()), "signature");
  }

  @Test
  void shouldNeverTakeAnUnsignedToken() throws Exception {
    issuer = new KeySetServer(RSA.toPublicJWK());
    start(Optional.of(TestTokens.SECRET), Optional.empty(), Optional.empty());
    String none = TestTokens.unsigned(claims().build());
    assertRefused(none, "token");
    assertRefused(none.replace("none", "NONE"), "token");
    assertRefused(none + "AAAA", "token");
    for (String alg : List.of("None", "nOnE", "")) {
      String header = Base64URL.encode("{\"alg\":\"" + alg + "\"}").toString();
      assertRefused(header + "." + none.split("\\.")[1] + ".", "token");
      assertRefused(header + "." + none.split("\\.")[1] + ".AAAA", "token");
    }
  }

  @Test
  void shouldTakeOneAlgorithmWithTheSecretOnly() {
    startWithSecret();
    byte[] secret = (TestTokens.SECRET + TestTokens.SECRET).getBytes(StandardCharsets.UTF_8);
    assertRefused(TestTokens.hmac(JWSAlgorithm.HS512, secret, claims().build()), "algorithm");
    assertRefused(TestTokens.rs256(RSA, claims().build()), "algorithm");
    assertRefused(TestTokens.es256(EC, claims().build()), "algorithm");
  }

  @Test
  void shouldNotUnderstandCriticalHeadersAndSaySo() {
    startWithSecret();
    String header = Base64URL.encode("{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}").toString();
    assertRefused(header + hs256(claims()).substring(20), "");
  }

  @Test
  void shouldTakeEveryKindOfKeyAnIssuerPublishes() throws Exception {
    startWithKeys(RSA.toPublicJWK(), EC.toPublicJWK(), ED.jwk());
    assertAlice(TestTokens.rs256(RSA, claims().build()));
    assertAlice(TestTokens.es256(EC, claims().build()));
    assertAlice(ED.sign(claims().build()));
    assertThat(issuer.requests).hasValue(1);
  }

  @Test
  void shouldCheckTheSignaturesOfAnIssuer() throws Exception {
    startWithKeys(RSA.toPublicJWK(), EC.toPublicJWK(), ED.jwk());
    String admin = Base64URL.encode(claims().claim("scope", "admin").build().toString()).toString();
    for (String token :
        List.of(
            TestTokens.rs256(RSA, claims().build()),
            TestTokens.es256(EC, claims().build()),
            ED.sign(claims().build()))) {
      String[] parts = token.split("\\.", -1);
      assertRefused(parts[0] + "." + admin + "." + parts[2], "signature");
      assertRefused(parts[0] + "." + parts[1] + "." + "A".repeat(86), "signature");
      assertRefused(parts[0] + "." + parts[1] + ".AAAA", "signature");
    }
    assertRefused(TestTokens.rs256(TestTokens.rsaKey("rsa", 2048), claims().build()), "signature");
    assertRefused(TestTokens.es256(TestTokens.ecKey("ec"), claims().build()), "signature");
    assertRefused(TestTokens.Ed25519.generate("ed").sign(claims().build()), "signature");
  }

  /** The classic: the public key is public, so anybody can use it as the secret of an HMAC. */
  @Test
  void shouldNotTakeAPublicKeyForASecret() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    assertAlice(TestTokens.rs256(RSA, claims().build()));
    for (byte[] known :
        List.of(
            RSA.toPublicKey().getEncoded(),
            RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8),
            RSA.getModulus().decode())) {
      assertRefused(TestTokens.hmac(JWSAlgorithm.HS256, known, claims().build()), "algorithm");
    }
  }

  @Test
  void shouldKeepTheSecretAndTheKeysApart() throws Exception {
    issuer = new KeySetServer(RSA.toPublicJWK());
    start(Optional.of(TestTokens.SECRET), Optional.empty(), Optional.empty());
    assertAlice(hs256(claims()));
    assertAlice(TestTokens.rs256(RSA, claims().build()));
    assertRefused(
        TestTokens.hmac(JWSAlgorithm.HS256, RSA.toPublicKey().getEncoded(), claims().build()),
        "signature");
  }

  @Test
  void shouldNotTakeAShortRsaKey() throws Exception {
    RSAKey weak = TestTokens.rsaKey("weak", 1024);
    startWithKeys(weak.toPublicJWK());
    assertRefused(TestTokens.rs256(weak, claims().build()), "key");
  }

  @Test
  void shouldNotKnowAKeyThatTheIssuerDoesNotPublish() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    RSAKey other = TestTokens.rsaKey("other", 2048);
    assertRefused(TestTokens.rs256(other, claims().build()), "key this server does not know");
  }

  @Test
  void shouldLearnTheNewKeyAtOnceAndForgetTheOld() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    String old = TestTokens.rs256(RSA, claims().build());
    assertAlice(old);
    RSAKey next = TestTokens.rsaKey("next", 2048);
    issuer.publish(next.toPublicJWK());
    assertAlice(TestTokens.rs256(next, claims().build()));
    assertRefused(TestTokens.rs256(RSA, claims().claim("n", 1).build()), "key");
  }

  /** What is remembered of tokens, and of the keys, ages by the node's own clock. */
  @Test
  void shouldRefuseTokensOfAWithdrawnKeyFiveMinutesLater() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    String old = TestTokens.rs256(RSA, claims().build());
    assertAlice(old);
    issuer.publish(TestTokens.rsaKey("next", 2048).toPublicJWK());
    nanos.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
    assertAlice(old);
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    assertRefused(old, "key this server does not know");
  }

  @Test
  void shouldSayEveryHourThatTokensStillNeedTheOtherSecret() {
    String secret = "the secret before this one: 32 bytes";
    other = Optional.of(secret);
    startWithSecret();
    try (LoggedLines log = LoggedLines.of(OtherSecret.class)) {
      for (int minute = 0; minute < 90; minute += 6) { // longer than it is remembered
        assertAlice(TestTokens.hs256(secret, claims().build()));
        nanos.addAndGet(Duration.ofMinutes(6).toNanos());
      }
      assertThat(log.lines()).hasSize(2);
      assertThat(verifier.byOtherSecret()).hasValue(15);
    }
  }

  @Test
  void shouldNotAskTheIssuerForEveryInventedKeyId() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    assertAlice(TestTokens.rs256(RSA, claims().build()));
    for (int i = 0; i < 50; i++) {
      RSAKey made = new RSAKey.Builder(RSA).keyID("made-up-" + i).build();
      assertRefused(TestTokens.rs256(made, claims().build()), "key this server does not know");
    }
    assertThat(issuer.requests.get()).isLessThanOrEqualTo(3);
    // and tokens with a valid key are accepted all the time
    assertAlice(TestTokens.rs256(RSA, claims().claim("n", 2).build()));
  }

  @Test
  void shouldGoOnWithTheKeysItHasWhileTheIssuerIsAway() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    assertAlice(TestTokens.rs256(RSA, claims().build()));
    issuer.status = 500;
    RSAKey made = new RSAKey.Builder(RSA).keyID("made-up").build();
    assertRefused(TestTokens.rs256(made, claims().build()), "key");
    assertAlice(TestTokens.rs256(RSA, claims().claim("n", 3).build()));
  }

  @Test
  void shouldBlameItselfWhenItHasNoKeysToCheckWith() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    issuer.status = 500;
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> verifier.verify(TestTokens.rs256(RSA, claims().build())))
          .isInstanceOf(AuthException.Unavailable.class)
          .hasMessageNotContaining("127.0.0.1");
    }
  }

  @Test
  void shouldNotReadAKeySetWithoutEnd() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    issuer.body = issuer.body + " ".repeat(100_000);
    assertThatThrownBy(() -> verifier.verify(TestTokens.rs256(RSA, claims().build())))
        .isInstanceOf(AuthException.Unavailable.class);
  }

  @Test
  void shouldNotWaitForAnIssuerThatDoesNotAnswer() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    issuer.delayMillis = 20_000;
    long start = System.nanoTime();
    assertThatThrownBy(() -> verifier.verify(TestTokens.rs256(RSA, claims().build())))
        .isInstanceOf(AuthException.Unavailable.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
  }

  /** RFC 7517, section 5: unknown or broken keys are left out; the rest counts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kty\":\"EC\",\"crv\":\"brainpoolP256r1\",\"kid\":\"b\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"kid\":\"b\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"b\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        "{\"kty\":\"EC\",\"kid\":\"b\"}",
        "{\"kty\":\"RSA\",\"kid\":\"b\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":7,\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":\"b\",\"n\":{},\"e\":[]}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"kid\":\"b\",\"x\":\"AAAA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"b\",\"x\":\"AAAA\"}",
        "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-65\",\"pub\":\"AAAA\"}",
        "{\"kty\":\"RSA\",\"kid\":\"b\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"alg\":7}",
        "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        "{\"kty\":7}",
        "{\"kid\":\"x\"}",
        "{}",
        "null",
        "7",
        "\"key\"",
        "[]"
      })
  void shouldGoByTheKeysItUnderstandsWhateverStandsBesideThem(String odd) throws Exception {
    startWithKeys(RSA.toPublicJWK());
    String good = RSA.toPublicJWK().toJSONString();
    issuer.body = "\uFEFF{\"more\":1,\"keys\":[" + odd + "," + good + "," + odd + "]}";
    assertAlice(TestTokens.rs256(RSA, claims().build()));
    assertThat(issuer.requests).hasValue(1);
  }

  /** RFC 7517, section 4: unused members are ignored, whatever they contain. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"x5c\":[\"no certificate\"]",
        "\"x5u\":7",
        "\"exp\":\"soon\"",
        "\"key_ops\":[\"verify\",\"levitate\"]",
        "\"key_ops\":\"odd\"",
        "\"d\":\"AQAB\",\"p\":7",
        "\"use\":\"sig\",\"key_ops\":[\"verify\"]"
      })
  void shouldNotMindWhatElseAKeySays(String members) throws Exception {
    startWithKeys(RSA.toPublicJWK());
    String key = RSA.toPublicJWK().toJSONString();
    issuer.body = "{\"keys\":[" + key.substring(0, key.length() - 1) + "," + members + "}]}";
    assertAlice(TestTokens.rs256(RSA, claims().build()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"enc\"",
        "\"key_ops\":[\"sign\"]",
        "\"alg\":\"RS512\"",
        "\"alg\":\"RSA-OAEP\""
      })
  void shouldNotVerifyWithAKeyThatIsForSomethingElse(String members) throws Exception {
    startWithKeys(RSA.toPublicJWK(), EC.toPublicJWK());
    String key = RSA.toPublicJWK().toJSONString();
    issuer.body =
        "{\"keys\":["
            + key.substring(0, key.length() - 1)
            + ","
            + members
            + "},"
            + EC.toPublicJWK().toJSONString()
            + "]}";
    assertRefused(TestTokens.rs256(RSA, claims().build()), "key this server does not know");
    assertAlice(TestTokens.es256(EC, claims().build()));
  }

  @Test
  void shouldNotReadKeysWithoutEnd() throws Exception {
    startWithKeys(RSA.toPublicJWK());
    issuer.body = "{\"keys\":[" + "{},".repeat(200) + RSA.toPublicJWK().toJSONString() + "]}";
    assertThatThrownBy(() -> verifier.verify(TestTokens.rs256(RSA, claims().build())))
        .isInstanceOf(AuthException.Unavailable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"keys\":[]}", "{\"keys\":[{\"kty\":\"new\"}]}", "{}", "[]", "<html>"})
  void shouldKeepTheGoodKeysWhenTheIssuerPublishesNoneAnyMore(String empty) throws Exception {
    startWithKeys(RSA.toPublicJWK());
    assertAlice(TestTokens.rs256(RSA, claims().build()));
    issuer.body = empty;
    // an unknown key id makes it read again
    RSAKey made = new RSAKey.Builder(RSA).keyID("made-up").build();
    assertRefused(TestTokens.rs256(made, claims().build()), "key this server does not know");
    assertThat(issuer.requests.get()).isGreaterThan(1);
    assertAlice(TestTokens.rs256(RSA, claims().claim("n", 1).build()));
  }

  @Test
  void shouldNotBlameTheTokenForAKeySetThatIsEmptyFromTheStart() throws Exception {
    startWithKeys();
    assertThatThrownBy(() -> verifier.verify(TestTokens.rs256(RSA, claims().build())))
        .isInstanceOf(AuthException.Unavailable.class);
  }

  /** RFC 9864: a new name for the same signature, in keys and in tokens. */
  @ParameterizedTest
  @CsvSource({
    "EdDSA,EdDSA",
    "EdDSA,Ed25519",
    "Ed25519,EdDSA",
    "Ed25519,Ed25519",
    ",EdDSA",
    ",Ed25519"
  })
  void shouldTakeBothNamesOfEd25519(String keyAlgorithm, String tokenAlgorithm) throws Exception {
    startWithKeys(RSA.toPublicJWK());
    String key = ED.jwk().toJSONString();
    String named =
        keyAlgorithm == null
            ? key
            : key.substring(0, key.length() - 1) + ",\"alg\":\"" + keyAlgorithm + "\"}";
    issuer.body = "{\"keys\":[" + named + "]}";
    assertAlice(ED.sign(tokenAlgorithm, claims().build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed448", "ES256", "EdDSA2"})
  void shouldTakeAnEd25519KeyForNothingElse(String tokenAlgorithm) throws Exception {
    startWithKeys(ED.jwk());
    assertThatThrownBy(() -> verifier.verify(ED.sign(tokenAlgorithm, claims().build())))
        .isInstanceOf(AuthException.Invalid.class);
  }

  /** A time that does not fit must not become one in the far past or future. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775807",
        "9223372036854775",
        "18446744073709551616",
        "253402300800",
        "1e300",
        "1e99999",
        "-1",
        "-9223372036854775808"
      })
  void shouldRefuseTimesThatAreNone(String time) {
    startWithSecret();
    for (String claim : List.of("nbf", "exp", "iat")) {
      BigDecimal number = new BigDecimal(time);
      assertThatThrownBy(() -> verifier.verify(rawTimes(claim, number)))
          .isInstanceOf(AuthException.Invalid.class)
          .hasMessageContaining("token");
    }
  }

  private static String rawTimes(String claim, BigDecimal time) {
    Map<String, Object> times = new HashMap<>(Map.of("exp", LATER.getEpochSecond()));
    times.put(claim, time);
    StringBuilder json = new StringBuilder("{\"sub\":\"" + ALICE + "\"");
    times.forEach((name, value) -> json.append(",\"" + name + "\":" + value));
    return TestTokens.hs256Text(TestTokens.SECRET, json.append('}').toString());
  }
}
