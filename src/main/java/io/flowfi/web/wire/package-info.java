/**
 * How requests are read and refused: problems, JSON, query parameters, the id of a request, the
 * form of paths. Knows the errors of {@code ledger} and {@code log} by name, and nothing of who
 * asks.
 */
package io.flowfi.web.wire;
