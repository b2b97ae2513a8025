/**
 * The checks on a request before it reaches a resource: where it comes from, which page sent it,
 * who makes it, how often, how large; and the headers of every answer. These are servlet filters.
 * Uses {@code web.wire} (the form of an error), {@code limit} (counting), {@code auth}
 * (credentials), {@code output} (suspended requests), {@code payment}, {@code logs} and {@code
 * threads}.
 */
package io.flowfi.web.edge;
