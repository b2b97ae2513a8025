package io.flowfi.bench;

import java.nio.file.Path;

/** A Redis that keeps nothing on disk. */
final class RedisServer extends Backend {
  static final String NAME = "redis";

  RedisServer() {
    super(NAME, Programs.find("redis-server").map(Path::toString).orElse(null), "redis-server");
  }

  String url() {
    return "redis://127.0.0.1:" + port();
  }

  @Override
  ProcessBuilder command(int onPort, Path folder) {
    return new ProcessBuilder(
            program(),
            "--port",
            Integer.toString(onPort),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no")
        .directory(folder.toFile());
  }
}
