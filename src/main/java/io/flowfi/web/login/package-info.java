/**
 * The resources of the login: wallet challenges, tokens, tickets and the cookie. Uses {@code
 * web.access}, {@code web.edge}, {@code web.wire}, {@code auth} and {@code payment}.
 */
package io.flowfi.web.login;
