/** What Payara lets us do beyond the Servlet API. Needs none of its classes to be compiled. */
package io.flowfi.container.payara;
