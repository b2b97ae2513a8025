/** The resources for whoever operates the server: its health. */
package io.flowfi.web.ops;
