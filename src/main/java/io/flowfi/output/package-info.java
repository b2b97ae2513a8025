/**
 * The output of event streams: the port between a request and the fan-out, and output over the
 * asynchronous Servlet API, for every container. Also lets any other answer ask the container to
 * wait longer for its client, or to send it in one piece. Uses {@code fanout} only.
 */
package io.flowfi.output;
