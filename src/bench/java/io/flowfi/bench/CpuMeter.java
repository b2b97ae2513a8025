package io.flowfi.bench;

import java.util.List;

/**
 * Processor time between two moments, in cores: of servers, of the load generator, and of
 * everything else on the machine, which disturbs a figure.
 */
final class CpuMeter {
  private final List<? extends Server> servers;
  private final long nanos;
  private final double serverSeconds;
  private final double clientSeconds;
  private final double machineSeconds;

  CpuMeter(Server server) {
    this(List.of(server));
  }

  /** Of several servers together. */
  CpuMeter(List<? extends Server> servers) {
    this.servers = servers;
    nanos = System.nanoTime();
    serverSeconds = secondsOfServers();
    clientSeconds = ProcessStats.ownCpuSeconds();
    machineSeconds = ProcessStats.machineCpuSeconds();
  }

  private double secondsOfServers() {
    return servers.stream().mapToDouble(Server::cpuSeconds).sum();
  }

  /** What the servers have used since the start, in cores. */
  double cores() {
    return (secondsOfServers() - serverSeconds) / ((System.nanoTime() - nanos) / 1e9);
  }

  /** Adds what was used since the start. */
  void addTo(Measurement measurement) {
    double elapsed = (System.nanoTime() - nanos) / 1e9;
    double own = cores();
    double client = (ProcessStats.ownCpuSeconds() - clientSeconds) / elapsed;
    double machine = (ProcessStats.machineCpuSeconds() - machineSeconds) / elapsed;
    measurement
        .with("server_cpu_cores", own)
        .with("client_cpu_cores", client)
        .with("other_cpu_cores", Math.max(0, machine - own - client));
  }
}
