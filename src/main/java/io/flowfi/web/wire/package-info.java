/**
 * How requests are read and rejected: problems, JSON, query parameters, the id of a request, the
 * form of paths. Knows the errors of {@code ledger} and {@code log}, and nothing about callers.
 */
package io.flowfi.web.wire;
