/**
 * What a request passes before anybody looks at what it asks for: where it comes from, which page
 * sent it, how often, how large; and the headers every answer leaves with. Servlet filters; uses
 * {@code http} for the form of a refusal and {@code limit} for counting.
 *
 * <p>Also what a container may be asked for: its own errors, and notice of its end.
 */
package io.flowfi.edge;
