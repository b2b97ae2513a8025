package io.flowfi.bench;

/**
 * Processor time between two moments, in cores: of a server, of the load generator, and of
 * everything else on the machine, which disturbs a figure.
 */
final class CpuMeter {
  private final ProcessStats server;
  private final long nanos;
  private final double serverSeconds;
  private final double clientSeconds;
  private final double machineSeconds;

  CpuMeter(Server server) {
    this.server = server.stats();
    nanos = System.nanoTime();
    serverSeconds = this.server.cpuSeconds();
    clientSeconds = ProcessStats.ownCpuSeconds();
    machineSeconds = ProcessStats.machineCpuSeconds();
  }

  /** Adds what was used since the start. */
  void addTo(Measurement measurement) {
    double elapsed = (System.nanoTime() - nanos) / 1e9;
    double own = (server.cpuSeconds() - serverSeconds) / elapsed;
    double client = (ProcessStats.ownCpuSeconds() - clientSeconds) / elapsed;
    double machine = (ProcessStats.machineCpuSeconds() - machineSeconds) / elapsed;
    measurement
        .with("server_cpu_cores", own)
        .with("client_cpu_cores", client)
        .with("other_cpu_cores", Math.max(0, machine - own - client));
  }
}
