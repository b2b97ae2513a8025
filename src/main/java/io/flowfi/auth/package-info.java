/**
 * Who a caller is: tokens of our own and of outside issuers, SEP-10 logins, tickets. Knows the
 * Stellar addresses of {@code io.flowfi.payment} and nothing of HTTP or of the engine.
 */
package io.flowfi.auth;
