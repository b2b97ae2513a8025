/**
 * The pages in a real Chromium against the real server: what a person would try by hand. Skipped,
 * with a message, where Debian's {@code chromium} and {@code chromium-driver} are not installed.
 */
package io.flowfi.browser;
