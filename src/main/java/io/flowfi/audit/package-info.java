/**
 * The record of who did what, kept apart from the log for operators. Uses {@code health} only and
 * knows nothing of HTTP.
 */
package io.flowfi.audit;
