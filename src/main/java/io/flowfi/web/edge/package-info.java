/**
 * What a request passes before anybody looks at what it asks for: where it comes from, which page
 * sent it, who makes it, how often, how large; and the headers every answer leaves with. Servlet
 * filters. Uses {@code web.wire} for the form of a refusal, {@code limit} for counting, {@code
 * auth} for credentials and {@code output} for what it knows of suspended requests.
 */
package io.flowfi.web.edge;
