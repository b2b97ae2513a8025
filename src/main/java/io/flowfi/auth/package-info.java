/**
 * Who a caller is: tokens of our own and of outside issuers, SEP-10 logins, tickets. What nodes
 * would have to share, unused tickets and spent challenges, stands behind ports; what holds while
 * the others are away stands with each. Knows the Stellar addresses of {@code io.flowfi.payment}
 * and nothing of HTTP or of the engine.
 */
package io.flowfi.auth;
