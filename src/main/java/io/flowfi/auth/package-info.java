/**
 * Who a caller is: our own tokens and those of outside issuers, SEP-10 logins, tickets. Unused
 * tickets and spent challenges, which several nodes share, are behind ports; each port says what
 * happens while shared storage does not answer. Knows nothing of HTTP or of the engine. Uses {@code
 * payment} (addresses), {@code time}, {@code health} and {@code threads}.
 */
package io.flowfi.auth;
