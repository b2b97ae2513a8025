/**
 * The threads of the application's pools and their end, and what they repeat. Uses nothing of ours.
 */
package io.flowfi.threads;
