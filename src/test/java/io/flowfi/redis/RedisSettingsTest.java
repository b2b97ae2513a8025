package io.flowfi.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;

class RedisSettingsTest {
  private static RedisSettings parse(String url) {
    return RedisSettings.parse(url, Optional.empty());
  }

  @Test
  void shouldReadOneServer() {
    RedisSettings least = parse("redis://cache");
    assertThat(least.kind()).isEqualTo(RedisSettings.Kind.SINGLE);
    assertThat(least.tls()).isFalse();
    assertThat(least.servers()).containsExactly(new HostAndPort("cache", 6379));
    assertThat(least.user()).isEmpty();
    assertThat(least.password()).isEmpty();
    assertThat(least.database()).isZero();

    RedisSettings most = parse("rediss://us%20er:p%40s%3As%2Fw+%25@[::1]:7000/15");
    assertThat(most.tls()).isTrue();
    assertThat(most.servers()).containsExactly(new HostAndPort("::1", 7000));
    assertThat(most.user()).contains("us er");
    assertThat(most.password()).contains("p@s:s/w+%");
    assertThat(most.database()).isEqualTo(15);
    assertThat(most.toString()).doesNotContain("p@s");

    assertThat(parse("redis://:secret@10.0.0.1/").user()).isEmpty();
    assertThat(parse("redis://:secret@10.0.0.1/").password()).contains("secret");
  }

  @Test
  void shouldReadSentinels() {
    RedisSettings settings = parse("redis-sentinel://:pw@a,b:1/my-master/3");
    assertThat(settings.kind()).isEqualTo(RedisSettings.Kind.SENTINEL);
    assertThat(settings.servers())
        .containsExactly(new HostAndPort("a", 26379), new HostAndPort("b", 1));
    assertThat(settings.master()).contains("my-master");
    assertThat(settings.database()).isEqualTo(3);
    assertThat(parse("rediss-sentinel://a/m").tls()).isTrue();
    assertThat(parse("rediss-sentinel://a/m").database()).isZero();
  }

  @Test
  void shouldReadAClusterBySomeOfItsServers() {
    RedisSettings settings = parse("redis-cluster://a:7001,b");
    assertThat(settings.kind()).isEqualTo(RedisSettings.Kind.CLUSTER);
    assertThat(settings.servers())
        .containsExactly(new HostAndPort("a", 7001), new HostAndPort("b", 6379));
  }
}
