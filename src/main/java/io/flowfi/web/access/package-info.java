/**
 * Who may do what, and the record of it: the rules of who sees and changes which stream, the checks
 * for a known caller or an administrator, and the audit entries for commands and refusals. Uses
 * {@code web.edge}, {@code web.wire}, {@code sse}, {@code auth}, {@code audit}, {@code query},
 * {@code log} and {@code payment}.
 */
package io.flowfi.web.access;
