/**
 * How event streams leave: the port between a request and the fan-out, and event output over the
 * asynchronous Servlet API, for every container. Also how any other answer asks for patience with
 * its client. Uses {@code fanout} only.
 */
package io.flowfi.output;
