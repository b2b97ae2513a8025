/** The clocks. Uses nothing else of the application. */
package io.flowfi.time;
