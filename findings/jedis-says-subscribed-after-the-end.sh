#!/usr/bin/env bash
# JedisPubSub.isSubscribed() is true after the connection of the subscription is gone, and with it the last subscriber.
#
# Expected: isSubscribed() says whether messages can arrive; a health check asks it, or a watchdog that subscribes again.
# Happens: when Redis ends, or fails over, subscribe() throws JedisConnectionException in its thread, and nobody subscribes again:
#   RedisClient connects anew for each command, never for a subscription. The JedisPubSub does not hear of it: isSubscribed() stays true,
#   getSubscribedChannels() 1, no call-back is called. Redis meanwhile counts no subscriber, and publish() returns 0.
# Way out: a loop around subscribe() that knows by its own return or exception that the subscription has ended; a ping() of the
#   JedisPubSub, answered in onPong, shows one whose connection is dead but not closed.
# Version: jedis 8.0.2, embedded-redis 1.4.4 from Maven Central for the server; JDK 17.
# Source: https://redis.io/docs/latest/develop/pubsub/ (at most once); what happens was seen by running it
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
{
  echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
  echo '<version>1</version><dependencies>'
  printf '%s\n' redis.clients:jedis:8.0.2 com.github.codemonstur:embedded-redis:1.4.4 org.slf4j:slf4j-nop:2.0.17 \
    | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
  echo '</dependencies></project>'
} > pom.xml
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Subscribed.java <<'JAVA'
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.RedisServer;

public class Subscribed {
  public static void main(String[] arguments) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    RedisServer redis = RedisServer.newRedisServer().port(port).setting("save \"\"").build();
    redis.start();
    RedisClient client = RedisClient.create("127.0.0.1", port);
    CountDownLatch begun = new CountDownLatch(1);
    JedisPubSub events =
        new JedisPubSub() {
          @Override
          public void onSubscribe(String channel, int channels) {
            begun.countDown();
          }
        };
    Thread subscriber =
        new Thread(
            () -> {
              try {
                client.subscribe(events, "events");
                System.out.println("subscribe() returns");
              } catch (JedisException e) {
                System.out.println("subscribe() throws " + e.getClass().getSimpleName());
              }
            });
    subscriber.start();
    begun.await();
    say(events, port);
    redis.stop();
    subscriber.join();
    redis = RedisServer.newRedisServer().port(port).setting("save \"\"").build();
    redis.start();
    say(events, port);
    redis.stop();
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static void say(JedisPubSub events, int port) {
    RedisClient publisher = RedisClient.create("127.0.0.1", port);
    System.out.println(
        "isSubscribed() "
            + events.isSubscribed()
            + ", channels "
            + events.getSubscribedChannels()
            + ", received by "
            + publisher.publish("events", "hello"));
    publisher.close();
  }
}
JAVA
java -cp "$(cat class-path)" Subscribed.java 2> log | tee seen
diff seen - <<'SEEN'
isSubscribed() true, channels 1, received by 1
subscribe() throws JedisConnectionException
isSubscribed() true, channels 1, received by 0
SEEN
echo "as described"
