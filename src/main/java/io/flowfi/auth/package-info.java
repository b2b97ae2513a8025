/**
 * Who a caller is: our own tokens and those of outside issuers, SEP-10 logins, tickets. Unused
 * tickets and spent challenges, which several nodes share, are behind ports; each port says what
 * happens while shared storage does not answer. Uses the Stellar addresses of {@code
 * io.flowfi.payment}; knows nothing of HTTP or of the engine.
 */
package io.flowfi.auth;
