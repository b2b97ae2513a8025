/**
 * How event streams leave: the port between a request and the fan-out, and event output over the
 * asynchronous Servlet API, for every container. Uses {@code fanout} only.
 */
package io.flowfi.output;
