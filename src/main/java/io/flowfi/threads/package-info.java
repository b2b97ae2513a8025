/** The threads of the application's pools, and their end. Uses nothing of ours. */
package io.flowfi.threads;
