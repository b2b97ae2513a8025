/**
 * Queries over the past and the present: lists of streams, their states, sums of an address, and
 * pages of the history. They are interfaces with their questions and answers. The log itself is
 * read through {@code io.flowfi.log}. Uses {@code payment} and {@code log}.
 */
package io.flowfi.query;
