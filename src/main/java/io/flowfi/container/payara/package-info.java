/**
 * What Payara allows beyond the Servlet API. Compiles without Payara's classes. Uses {@code
 * container} and {@code output}.
 */
package io.flowfi.container.payara;
