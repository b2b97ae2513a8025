package io.flowfi.web.login;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.auth.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The caller, as our pages see it.
 *
 * @param walletLogin whether a login with a Stellar account is possible here
 * @param account null for an anonymous caller, as are all following fields
 * @param expires when the credentials expire, in UTC
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
