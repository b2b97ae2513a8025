/** The resources for whoever operates the server: its health and its numbers. */
package io.flowfi.web.ops;
