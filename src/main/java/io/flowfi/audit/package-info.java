/**
 * The record of who did what, kept apart from the log for operators. Uses nothing of ours and knows
 * nothing of HTTP.
 */
package io.flowfi.audit;
