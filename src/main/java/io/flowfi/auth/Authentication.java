package io.flowfi.auth;

import io.flowfi.health.HealthCheck;
import io.flowfi.time.Clocks;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All ways to find out who a caller is, built from the settings. Thread-safe; closed when the
 * server stops.
 */
public final class Authentication implements HealthCheck, AutoCloseable {
  private final Optional<TokenVerifier> verifier;
  private final Tickets tickets;
  private final Optional<Sep10Login> login;
  private final Optional<NodeProof> nodes;
  private final Optional<NodeProof> sandboxNodes;
  private final AuthCounts tokens = new AuthCounts();
  private final AuthCounts sandboxTokens = new AuthCounts();

  /**
   * @param unused tickets
   * @param seal of challenges of logins
   * @param spent challenges of logins
   * @param nodes what the other nodes prove themselves by; empty if there are none
   * @param sandboxNodes the same, for requests about the sandbox: it is a log of its own, with a
   *     secret of its own
   */
  public Authentication(
      AuthSettings settings,
      TicketStore unused,
      ChallengeSeal seal,
      SpentChallenges spent,
      Optional<NodeProof> nodes,
      Optional<NodeProof> sandboxNodes,
      Clocks clock) {
    this.verifier =
        settings.isOpen()
            ? Optional.empty()
            : Optional.of(new TokenVerifier(settings, IssuerKeys.MIN_INTERVAL, clock));
    this.nodes = nodes;
    this.sandboxNodes = sandboxNodes;
    this.tickets = new Tickets(unused);
    this.login =
        settings
            .sep10()
            .map(
                sep10 ->
                    new Sep10Login(sep10, tokenIssuer(settings, sep10, clock), clock, seal, spent));
  }

  private static TokenIssuer tokenIssuer(AuthSettings settings, Sep10Settings sep10, Clocks clock) {
    return new TokenIssuer(
        settings.secret().orElseThrow(),
        settings.issuer().orElse("https://" + sep10.webAuthDomain()),
        settings.audience(),
        clock);
  }

  /** Whether there is no authentication: every caller is {@link Caller#OPEN}. */
  public boolean isOpen() {
    return verifier.isEmpty();
  }

  /**
   * Who a token is of. It is as good for one ledger as for the other; the check is counted by the
   * ledger that the request is about.
   *
   * @param sandbox whether that is the sandbox
   * @throws AuthException.Invalid if the token is not valid here and now
   * @throws AuthException.Unavailable if that cannot be found out at the moment
   * @throws IllegalStateException in open mode
   */
  public Caller byToken(String token, boolean sandbox) {
    TokenVerifier known =
        verifier.orElseThrow(() -> new IllegalStateException("open mode has no authentication"));
    return (sandbox ? sandboxTokens : tokens).counted(() -> known.verify(token));
  }

  /**
   * The administrator for whom another node of the log asks.
   *
   * @param credentials the {@code Authorization} header's value behind {@link NodeProof#SCHEME}
   * @param sandbox whether the request is about the sandbox
   * @throws AuthException.Invalid if no other node has made them for this request
   */
  public Caller byNode(String credentials, NodeProof.Request request, boolean sandbox) {
    return (sandbox ? sandboxNodes : nodes)
        .orElseThrow(() -> new AuthException.Invalid("this server has no other nodes"))
        .check(credentials, request);
  }

  @Override
  public String name() {
    return "authentication";
  }

  @Override
  public Optional<String> trouble() {
    return HealthCheck.trouble(
        verifier.filter(TokenVerifier::lacksKeys).isPresent(),
        "cannot read the keys that tokens are verified with");
  }

  /**
   * Checks of tokens since the start, by result.
   *
   * @param sandbox whether of requests about the sandbox, or of those about the real ledger
   */
  public Map<String, Long> tokensChecked(boolean sandbox) {
    return (sandbox ? sandboxTokens : tokens).byResult();
  }

  /** Tokens of both {@link #tokensChecked} that needed the other secret; empty without one. */
  public OptionalLong needOtherSecret() {
    return verifier.map(TokenVerifier::byOtherSecret).orElseGet(OptionalLong::empty);
  }

  /**
   * Logins with an account since the start, by result; none without such logins.
   *
   * @param sandbox whether through the sandbox
   */
  public Map<String, Long> logins(boolean sandbox) {
    return login.map(with -> with.attempts(sandbox)).orElse(Map.of());
  }

  /** Empty without keys of an issuer. */
  public Optional<IssuerStatistics> issuer() {
    return verifier.flatMap(TokenVerifier::issuer);
  }

  public Tickets tickets() {
    return tickets;
  }

  /** Logins with a Stellar account, if they are configured. */
  public Optional<Sep10Login> login() {
    return login;
  }

  @Override
  public void close() {
    verifier.ifPresent(TokenVerifier::close);
  }
}
