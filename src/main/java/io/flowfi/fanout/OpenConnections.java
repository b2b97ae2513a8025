package io.flowfi.fanout;

import io.flowfi.fanout.Connections.Open;
import io.flowfi.log.LogPosition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks the pumps one after the other, in small steps. A place in the list combines a pump with the
 * number of a connection there: {@code number * pumps + pump}.
 */
final class OpenConnections implements Connections {
  private static final int MOST_QUESTIONS = 16;
  private static final long PATIENCE_MILLIS = 2000;

  private final List<Pump> pumps;
  private final FrameRing ring;

  /** When {@link System#nanoTime} was zero. */
  private final Instant nanosBegan;

  private final Semaphore questions = new Semaphore(MOST_QUESTIONS);

  OpenConnections(List<Pump> pumps, FrameRing ring, InstantSource clock) {
    this.pumps = pumps;
    this.ring = ring;
    this.nanosBegan = clock.instant().minusNanos(System.nanoTime());
  }

  private record Piece(List<Open> connections, long lastNumber) {}

  @Override
  public Page list(long after, int limit) {
    if (after < BEGINNING || limit < 1 || limit > LONGEST_PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + LONGEST_PAGE + " connections");
    }
    int pump = after < 0 ? 0 : (int) (after % pumps.size());
    long number = after < 0 ? ConnectionSet.BEGINNING : after / pumps.size();
    List<Open> found = new ArrayList<>();
    while (pump < pumps.size()) {
      Piece piece = piece(pumps.get(pump), number, limit - found.size());
      found.addAll(piece.connections());
      if (found.size() == limit) {
        return new Page(found, OptionalLong.of(piece.lastNumber() * pumps.size() + pump));
      }
      pump++;
      number = ConnectionSet.BEGINNING;
    }
    return new Page(found, OptionalLong.empty());
  }

  private Piece piece(Pump pump, long after, int limit) {
    return ask(
        pump,
        () -> {
          List<Connection> members = pump.connections().after(after, limit);
          long last = members.isEmpty() ? after : members.get(members.size() - 1).number;
          return new Piece(members.stream().map(this::describe).toList(), last);
        });
  }

  private Open describe(Connection connection) {
    Subscription subscription = connection.subscription();
    long through = connection.sentThrough();
    boolean isThere = through != Wording.NO_POSITION;
    return new Open(
        subscription.clientId(),
        subscription.account(),
        subscription.address(),
        subscription.filter(),
        place(connection.begunAfter()),
        place(through),
        isThere ? OptionalLong.of(Math.max(0, ring.head() - through)) : OptionalLong.empty(),
        nanosBegan.plusNanos(connection.startedNanos()),
        connection.age(System.nanoTime()),
        connection.output().bytes());
  }

  private static Optional<LogPosition> place(long position) {
    return position == Wording.NO_POSITION
        ? Optional.empty()
        : Optional.of(new LogPosition(position));
  }

  @Override
  public boolean close(String clientId) {
    return at(
            clientId,
            connection -> {
              connection.handle().close(CloseReason.CLOSED_BY_ADMIN);
              return true;
            })
        .isPresent();
  }

  @Override
  public Optional<Boolean> send(String clientId, byte[] frame) {
    Announcements.checkLength(frame);
    return at(clientId, connection -> Announcement.isSent(connection, frame));
  }

  /** What a step at a connection answers, on its pump's thread; empty if there is none. */
  private <T> Optional<T> at(String clientId, Function<Connection, T> step) {
    for (Pump pump : pumps) {
      OptionalLong next = OptionalLong.of(ConnectionSet.BEGINNING);
      while (next.isPresent()) {
        long after = next.getAsLong();
        Search<T> search = ask(pump, () -> search(pump, clientId, after, step));
        if (search.found().isPresent()) {
          return search.found();
        }
        next = search.next();
      }
    }
    return Optional.empty();
  }

  /**
   * A look at some connections.
   *
   * @param next where to go on; empty at the end
   */
  private record Search<T>(Optional<T> found, OptionalLong next) {}

  private static <T> Search<T> search(
      Pump pump, String clientId, long after, Function<Connection, T> step) {
    List<Connection> members = pump.connections().after(after, LONGEST_PAGE);
    for (Connection member : members) {
      if (member.subscription().clientId().equals(clientId)) {
        return new Search<>(Optional.of(step.apply(member)), OptionalLong.empty());
      }
    }
    return new Search<>(
        Optional.empty(),
        members.size() < LONGEST_PAGE
            ? OptionalLong.empty()
            : OptionalLong.of(members.get(members.size() - 1).number));
  }

  @Override
  public long mostBehind() {
    long most = 0;
    for (Pump pump : pumps) {
      most = Math.max(most, ask(pump, () -> pump.connections().mostBehind(ring.head())));
    }
    return most;
  }

  private <T> T ask(Pump pump, Supplier<T> question) {
    FutureTask<T> task = new FutureTask<>(question::get);
    try {
      if (!questions.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("too many requests already wait for the pumps");
      }
      // the pump returns it: until then the request still waits there
      pump.ask(
          () -> {
            questions.release();
            task.run();
          });
      return task.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      task.cancel(false);
      throw new IllegalStateException("a pump does not answer in time", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a pump cannot answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a pump was asked", e);
    }
  }
}
