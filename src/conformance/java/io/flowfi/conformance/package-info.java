/**
 * The conformance kit: checks any server that claims the streaming contract, from outside and over
 * raw sockets, so that each byte is seen as it was sent. It knows nothing of our server and uses
 * nothing but the JDK and Jackson.
 *
 * <p>{@link io.flowfi.conformance.Kit} runs the {@link io.flowfi.conformance.Check}s, one after the
 * other, against a {@link io.flowfi.conformance.Subject}. A check asks for one rule only and
 * overlooks what other checks ask for, so that a fault fails the check that names it. Every check
 * uses new accounts, so other traffic on the server does not disturb it.
 */
package io.flowfi.conformance;
