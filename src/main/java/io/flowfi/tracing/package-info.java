/**
 * Traces of commands, from the request to the publication of their events: the ports. What
 * implements them is loaded only where traces are wanted. Uses {@code ledger} and {@code log}.
 */
package io.flowfi.tracing;
