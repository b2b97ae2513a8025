/**
 * How requests are read and rejected: problems, JSON, query parameters, the id of a request, the
 * form of paths. Knows nothing about callers. Uses {@code http}, {@code ledger}, {@code log} and
 * {@code payment} (their errors), and {@code logs}.
 */
package io.flowfi.web.wire;
