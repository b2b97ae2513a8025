/**
 * HTTP without a framework: requests to other servers with answers of bounded size, and what an
 * {@code Accept} header says. Uses nothing of ours.
 */
package io.flowfi.http;
