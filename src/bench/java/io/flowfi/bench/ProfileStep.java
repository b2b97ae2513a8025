package io.flowfi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * FlowFi's use of processor time: by thread, from the kernel, and by method, from a flight
 * recording. Not one of the table's rows, because recording has a cost; its text goes into the
 * report.
 *
 * @param load what the server does meanwhile
 */
record ProfileStep(Load load, Settings settings, Map<String, String> texts) implements Step {
  /** What the server does meanwhile, and the table's row that measures it. */
  enum Load {
    /** Events flat out to 1,000 subscribers. */
    SATURATION(1),
    /** Subscribers connect and drop. */
    CONNECTING(4),
    /** Durable commands flat out from 64 connections, all to one stream. */
    COMMANDS(6);

    private final int row;

    Load(int row) {
      this.row = row;
    }

    private String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int TOP = 30;
  private static final double SECONDS = 10;

  /** The JDK, and the lambdas and proxies it makes, whose names are numbers. */
  private static final Pattern JDK = Pattern.compile("^(java|jdk|sun|com\\.sun)\\.|^[^.]*$");

  private static final Pattern WAITING =
      Pattern.compile(
          "EPoll.wait|Net.accept|Unsafe.park|Object.wait|EventFD|ReferencePendingList|socketAccept|Net.poll");

  @Override
  public int row() {
    return load.row;
  }

  @Override
  public String title() {
    return "flight recording, " + load.title();
  }

  @Override
  public double seconds() {
    return SECONDS + 6;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    Path file = settings.out().resolve("flowfi-" + load.title() + ".jfr");
    texts.put(
        title(),
        switch (load) {
          case SATURATION -> saturation(server, file);
          case CONNECTING -> connecting(server, file);
          case COMMANDS -> commands((FlowFiServer) server, file);
        });
  }

  private String saturation(Server server, Path file) {
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher = new Publisher(server.port(), server.publishers(32))) {
      int count = Math.min(1000, settings.connections());
      Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), count));
      publisher.publish(0);
      Pause.seconds(2);
      return record(server, file);
    }
  }

  private String connecting(Server server, Path file) {
    try (Swarm swarm = new Swarm(server.port())) {
      swarm.add(SubscriberPlan.churn(server.subscribeToAll(), 0, 300));
      Pause.seconds(1);
      return record(server, file);
    }
  }

  private String commands(FlowFiServer server, Path file) {
    try (Publisher publisher =
        new Publisher(
            server.port(),
            server.publishersTo(server.createStream(null), CommandsStep.CONNECTIONS))) {
      publisher.publish(0);
      Pause.seconds(CommandsStep.WARM_UP);
      return record(server, file);
    }
  }

  private String record(Server server, Path file) {
    ProcessStats stats = server.stats();
    stats.jcmd("JFR.start", "name=bench", "settings=profile");
    final Map<String, long[]> before = threadTicks(server);
    final long start = System.nanoTime();
    Pause.seconds(SECONDS);
    final double elapsed = (System.nanoTime() - start) / 1e9;
    final Map<String, long[]> after = threadTicks(server);
    stats.jcmd("JFR.stop", "name=bench", "filename=" + file);
    return "Threads (cores used: user, kernel)\n" + threads(before, after, elapsed) + samples(file);
  }

  private static String group(String thread) {
    return thread.replaceAll("#?\\d+", "*").replaceAll("\\*(-\\*)+", "*");
  }

  private static Map<String, long[]> threadTicks(Server server) {
    Map<String, long[]> ticks = new HashMap<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + server.pid() + "/task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        String[] fields = stat.substring(close + 2).split(" ");
        long[] sum =
            ticks.computeIfAbsent(group(stat.substring(open + 1, close)), n -> new long[2]);
        sum[0] += Long.parseLong(fields[11]);
        sum[1] += Long.parseLong(fields[12]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ticks;
  }

  private static String threads(
      Map<String, long[]> before, Map<String, long[]> after, double elapsed) {
    Map<Double, String> lines = new TreeMap<>();
    long[] none = new long[2];
    after.forEach(
        (name, ticks) -> {
          double user = (ticks[0] - before.getOrDefault(name, none)[0]) / 100.0 / elapsed;
          double kernel = (ticks[1] - before.getOrDefault(name, none)[1]) / 100.0 / elapsed;
          if (user + kernel > 0.004) {
            lines.merge(
                -user - kernel, "%5.2f %5.2f  %s%n".formatted(user, kernel, name), String::concat);
          }
        });
    return String.join("", lines.values());
  }

  private static String samples(Path file) {
    Map<String, Integer> layers = new HashMap<>();
    Map<String, Integer> methods = new HashMap<>();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        String type = event.getEventType().getName();
        if (event.getStackTrace() == null
            || !type.equals("jdk.ExecutionSample") && !type.equals("jdk.NativeMethodSample")) {
          continue;
        }
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        if (!WAITING.matcher(name(frames.get(0))).find()) {
          String stack =
              frames.stream().limit(4).map(ProfileStep::name).collect(Collectors.joining(" < "));
          methods.merge(stack, 1, Integer::sum);
          layers.merge(layer(frames), 1, Integer::sum);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "\nLayers (share of the samples, by the nearest frame outside the JDK)\n"
        + top(layers)
        + "\nMethods (share of the samples, top frame first, then its callers)\n"
        + top(methods);
  }

  /**
   * Package of the nearest frame outside the JDK, its first three parts; the cost of the JDK counts
   * for its caller.
   */
  private static String layer(List<RecordedFrame> frames) {
    for (RecordedFrame frame : frames) {
      String type = frame.getMethod().getType().getName();
      if (!JDK.matcher(type).find()) {
        return Stream.of(type.split("\\."))
            .limit(3)
            .filter(part -> Character.isLowerCase(part.charAt(0)))
            .collect(Collectors.joining("."));
      }
    }
    return "JDK threads";
  }

  private static String top(Map<String, Integer> counts) {
    int all = Math.max(1, counts.values().stream().mapToInt(Integer::intValue).sum());
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(TOP)
        .map(entry -> "%5.1f %%  %s%n".formatted(100.0 * entry.getValue() / all, entry.getKey()))
        .collect(Collectors.joining());
  }

  private static String name(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
  }
}
