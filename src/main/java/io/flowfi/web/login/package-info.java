/** The resources of the login: wallet challenges, tokens, tickets and the cookie. */
package io.flowfi.web.login;
