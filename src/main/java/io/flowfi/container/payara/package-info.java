/** What Payara allows beyond the Servlet API. Compiles without Payara's classes. */
package io.flowfi.container.payara;
