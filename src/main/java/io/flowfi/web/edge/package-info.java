/**
 * The checks on a request before it reaches a resource: where it comes from, which page sent it,
 * who makes it, how often, how large; and the headers of every answer. These are servlet filters.
 * Uses {@code web.wire} for the form of an error, {@code limit} for counting, {@code auth} for
 * credentials and {@code output} for suspended requests.
 */
package io.flowfi.web.edge;
