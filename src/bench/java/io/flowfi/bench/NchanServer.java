package io.flowfi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** nginx with the nchan module, one worker. */
final class NchanServer extends Server {
  static final String NAME = "nchan";

  NchanServer() {
    super(NAME);
  }

  private static Optional<Path> module() {
    return Programs.firstFile(
        "/usr/lib/nginx/modules/ngx_nchan_module.so",
        "/usr/lib64/nginx/modules/ngx_nchan_module.so",
        "/usr/share/nginx/modules/ngx_nchan_module.so");
  }

  @Override
  Optional<String> missing() {
    boolean installed = Programs.find("nginx").isPresent() && module().isPresent();
    return installed
        ? Optional.empty()
        : Optional.of("nginx with nchan is not installed (nginx-light libnginx-mod-nchan)");
  }

  @Override
  boolean compilesItself() {
    return false;
  }

  @Override
  ProcessBuilder command(int onPort, Path folder) throws IOException {
    long files = Math.min(Programs.openFilesLimit(), 1 << 20);
    String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
    // newest: a new subscriber gets only later events, as with the other servers
    String conf =
        """
        load_module %s;
        %s
        daemon off;
        worker_processes 1;
        worker_rlimit_nofile %d;
        pid nginx.pid;
        error_log error.log error;
        events { worker_connections 65536; multi_accept on; }
        http {
          access_log off;
          tcp_nodelay on;
          keepalive_requests 1000000000;
          keepalive_timeout 300s;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          nchan_max_reserved_memory 256M;
          server {
            listen 127.0.0.1:%d backlog=4096;
            location = /sub {
              nchan_subscriber eventsource;
              nchan_channel_id all;
              nchan_subscriber_first_message newest;
            }
            location = /pub {
              nchan_publisher;
              nchan_channel_id all;
              nchan_message_buffer_length 100;
              nchan_message_timeout 30s;
            }
          }
        }
        """
            .formatted(module().orElseThrow(), user, files, onPort);
    Path file = Files.writeString(folder.resolve("nginx.conf"), conf);
    String nginx = Programs.find("nginx").orElseThrow().toString();
    return new ProcessBuilder(
        nginx,
        "-p",
        folder + "/",
        "-e",
        folder.resolve("error.log").toString(),
        "-c",
        file.toString());
  }

  @Override
  String subscribeToAll() {
    return "/sub";
  }

  @Override
  List<Command> publishers(int connections) {
    return Collections.nCopies(connections, null).stream()
        .map(
            n ->
                Command.of(
                    new PreparedRequest(port(), "/pub", "application/json", SampleEvent.json())))
        .toList();
  }
}
