/**
 * Runs the tests for SSE of Jakarta REST's TCK against our sinks and broadcasters, on both outputs.
 * A Maven project of its own ({@code src/tck/pom.xml}).
 *
 * <p>{@link io.flowfi.tck.Tck} runs the tests and compares what failed with {@link
 * io.flowfi.tck.Deviation}. Arquillian hands their archives to {@link
 * io.flowfi.tck.EmbeddedContainer}, and {@link io.flowfi.tck.OurEventStreams} puts our sinks under
 * Jersey in each of them.
 */
package io.flowfi.tck;
