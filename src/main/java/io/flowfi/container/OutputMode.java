package io.flowfi.container;

/** Which output event streams leave by. */
public enum OutputMode {
  /** Detached where that works, else async. */
  AUTO,
  /** Detached or nothing, but for a request whose body came late. */
  DETACHED,
  /** The Servlet API only. */
  ASYNC
}
