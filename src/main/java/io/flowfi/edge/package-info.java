/**
 * What a request passes before anybody looks at what it asks for: where it comes from, which page
 * sent it, how often, how large; and the headers every answer leaves with. Servlet filters; uses
 * {@code http} for the form of a refusal, {@code limit} for counting and {@code sse} for what it
 * knows of suspended requests.
 *
 * <p>Also what a container may be asked for: its own errors, and notice of its end.
 */
package io.flowfi.edge;
