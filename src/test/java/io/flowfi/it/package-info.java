/**
 * The real WAR on real containers, started as processes of their own: {@link
 * io.flowfi.it.TomcatServer} runs what {@code mvn} runs (the same script and the same {@code
 * tomcat-conf}), {@link io.flowfi.it.PayaraServer} a Payara Micro. Both listen on a free loopback
 * port, keep their data and log under {@code target/it}, and can be stopped, killed and started
 * again on the same data.
 *
 * <p>{@link io.flowfi.it.EventStream} is a subscriber on a raw socket that records every frame and
 * every byte; {@link io.flowfi.it.HttpApi} speaks JSON to the rest. A test reads what it expects
 * with {@code nextEvent} and ends with {@code assertNothingUnexpected}.
 *
 * <p>The tests here run in Maven's {@code integration-test} phase, after the WAR is packaged and
 * the containers are unpacked: {@code mvn verify -Dit.test=TomcatSmokeIT -Dtest=none
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
package io.flowfi.it;
