package io.flowfi.bench;

/** Processor time of a server and of the load generator between two moments, in cores. */
final class CpuMeter {
  private final ProcessStats server;
  private long nanos;
  private double serverSeconds;
  private double clientSeconds;

  CpuMeter(Server server) {
    this.server = server.stats();
    reset();
  }

  void reset() {
    nanos = System.nanoTime();
    serverSeconds = server.cpuSeconds();
    clientSeconds = ProcessStats.ownCpuSeconds();
  }

  /** Adds what was used since the last reset. */
  void addTo(Measurement measurement) {
    double elapsed = (System.nanoTime() - nanos) / 1e9;
    measurement
        .with("server_cpu_cores", (server.cpuSeconds() - serverSeconds) / elapsed)
        .with("client_cpu_cores", (ProcessStats.ownCpuSeconds() - clientSeconds) / elapsed);
  }
}
