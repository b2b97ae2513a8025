package io.flowfi.container;

/** Which output event streams use. */
public enum OutputMode {
  /** Detached where that works, else async. */
  AUTO,
  /** Detached only, except for a request whose body came late. */
  DETACHED,
  /** The Servlet API only. */
  ASYNC
}
