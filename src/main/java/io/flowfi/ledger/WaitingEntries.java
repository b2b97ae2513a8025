package io.flowfi.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The entries that wait to be written, in two lines that keep their order each: commands, and what
 * comes from the chain. Chain facts come in large lots, so commands overtake them: a batch with
 * commands takes one lot along, so neither line stands still. Any thread.
 */
final class WaitingEntries {
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Queue<Waiting<?>> commands = new ArrayDeque<>();
  private final Queue<Waiting<?>> lots = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param capacity of both lines together
   */
  WaitingEntries(int capacity) {
    this.capacity = capacity;
  }

  private Queue<Waiting<?>> lineOf(Waiting<?> entry) {
    return entry.entry().factCount() == 0 ? commands : lots;
  }

  private int waiting() {
    return commands.size() + lots.size();
  }

  /** False if there is no room. */
  boolean offer(Waiting<?> entry) {
    lock.lock();
    try {
      if (waiting() == capacity) {
        return false;
      }
      lineOf(entry).add(entry);
      news.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** False if it does not wait here any more. */
  boolean remove(Waiting<?> entry) {
    lock.lock();
    try {
      return lineOf(entry).remove(entry);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is an entry, or there will be no more, or the time is over. */
  boolean await(long millis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (waiting() == 0 && !closed && left > 0) {
        left = news.awaitNanos(left);
      }
      return waiting() > 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next batch: all commands, and lots from the chain.
   *
   * @param most how many entries
   * @param mostFacts how many facts of the chain, if no command waits; one lot is always taken
   */
  void take(List<Waiting<?>> batch, int most, int mostFacts) {
    lock.lock();
    try {
      while (batch.size() < most && !commands.isEmpty()) {
        batch.add(commands.remove());
      }
      int room = commands.isEmpty() && batch.isEmpty() ? mostFacts : 0;
      for (boolean first = true; batch.size() < most && !lots.isEmpty(); first = false) {
        room -= lots.element().entry().factCount();
        if (room < 0 && !first) {
          return;
        }
        batch.add(lots.remove());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes everything. */
  List<Waiting<?>> drain() {
    lock.lock();
    try {
      List<Waiting<?>> all = new ArrayList<>(commands);
      all.addAll(lots);
      commands.clear();
      lots.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return waiting();
    } finally {
      lock.unlock();
    }
  }

  /** There will be no more: nobody waits for one from now on. */
  void close() {
    lock.lock();
    try {
      closed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
