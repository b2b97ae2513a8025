package io.flowfi.threads;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that a thread does again and again, and that must not end with its first failure:
 * nobody would start it again. What it throws, an {@link Error} too, is logged once for several
 * failures in a row, and the next run tries again. Run by one thread at a time.
 */
public final class RepeatedTask implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RepeatedTask.class);

  private final String what;
  private final Runnable task;
  private volatile boolean failing;

  // Used by the running thread only.
  private boolean said;

  /**
   * @param what for the log: what the task does
   */
  public RepeatedTask(String what, Runnable task) {
    this.what = what;
    this.task = task;
  }

  @Override
  public void run() {
    try {
      task.run();
      works();
    } catch (RuntimeException | Error e) {
      failing = true;
      say(e);
    }
  }

  private void works() {
    failing = false;
    if (said) {
      said = false;
      LOG.info("{} works again", what);
    }
  }

  private void say(Throwable why) {
    try {
      if (!said) {
        LOG.error("{} has failed and is tried again", what, why);
        said = true;
      }
    } catch (RuntimeException | Error e) {
      // there was not even the memory to say so: it is said with the next failure
    }
  }

  /** Whether the last run failed. Any thread. */
  public boolean isFailing() {
    return failing;
  }
}
