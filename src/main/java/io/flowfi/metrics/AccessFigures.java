package io.flowfi.metrics;

import io.flowfi.auth.Authentication;
import io.flowfi.limit.Rejections;
import java.time.Instant;

/** Who was let in, and who was kept away. */
public final class AccessFigures implements Figures {
  private final Authentication authentication;
  private final Rejections rejections;

  public AccessFigures(Authentication authentication, Rejections rejections) {
    this.authentication = authentication;
    this.rejections = rejections;
  }

  @Override
  public void writeTo(Sheet sheet) {
    sheet.counter(
        "limit_rejections_total",
        "Requests and event streams that a limit has kept away",
        "limit",
        rejections.byLimit());
    if (!authentication.isOpen()) {
      sheet.counter(
          "token_checks_total",
          "Tokens that came with requests, by result of the check",
          "result",
          authentication.tokensChecked(false));
    }
    authentication
        .needOtherSecret()
        .ifPresent(
            count ->
                sheet.counter(
                    "previous_secret_tokens_total",
                    "Tokens that only JWT_SECRET_PREVIOUS has verified",
                    count));
    if (authentication.login().isPresent()) {
      sheet.counter(
          "logins_total",
          "Logins with a Stellar account, by result",
          "result",
          authentication.logins(false));
    }
    authentication
        .issuer()
        .ifPresent(
            issuer -> {
              issuer
                  .age()
                  .ifPresent(
                      age ->
                          sheet.gauge(
                              "issuer_keys_age_seconds",
                              "How long ago the keys of the issuer were read",
                              age.toMillis() / 1e3));
              sheet.gauge(
                  "issuer_keys_failing",
                  "1 if the last attempt to read the keys of the issuer failed",
                  issuer.failing() ? 1 : 0);
              issuer
                  .certificateEnds()
                  .map(Instant::getEpochSecond)
                  .ifPresent(
                      end ->
                          sheet.gauge(
                              "issuer_certificate_expiry_timestamp_seconds",
                              "When the certificate of the issuer's address expires, in Unix"
                                  + " seconds",
                              end));
            });
  }
}
