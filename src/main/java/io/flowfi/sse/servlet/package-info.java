/**
 * Event output over the asynchronous Servlet API, for every container, and the choice between it
 * and what the container at hand can do better. Uses {@code sse} and {@code fanout}.
 */
package io.flowfi.sse.servlet;
