/**
 * Traces of commands, from the request to the publication of their events: the ports. What
 * implements them is loaded only where traces are wanted.
 */
package io.flowfi.tracing;
