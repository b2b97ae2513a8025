/**
 * The record of who did what, separate from the log for operators. Uses {@code health} and {@code
 * time}, and knows nothing of HTTP.
 */
package io.flowfi.audit;
