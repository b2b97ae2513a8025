/** Requests to other servers, and answers of bounded size. Uses nothing of ours. */
package io.flowfi.http;
