package io.flowfi.web.login;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.auth.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Who a caller is to this server, as its pages are told.
 *
 * @param walletLogin whether one can log in here with a Stellar account
 * @param account null for nobody, as all that follows
 * @param expires when the credentials do, in UTC
 * @param expiresIn seconds until then
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Session(
    boolean signedIn,
    boolean walletLogin,
    String account,
    List<String> roles,
    String expires,
    Long expiresIn) {
  static Session ofNobody(boolean walletLogin) {
    return new Session(false, walletLogin, null, null, null, null);
  }

  static Session of(Caller caller, boolean walletLogin, Instant now) {
    Instant expires = caller.expires().orElseThrow();
    return new Session(
        true,
        walletLogin,
        caller.account().orElseThrow().strKey(),
        caller.roles().stream().map(role -> role.name().toLowerCase(Locale.ROOT)).sorted().toList(),
        expires.toString(),
        Duration.between(now, expires).toSeconds());
  }
}
