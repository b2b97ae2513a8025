package io.flowfi.relay;

import java.util.concurrent.atomic.LongAdder;

/** What a relay counts. Any thread. */
final class RelayCounts {
  final LongAdder sent = new LongAdder();
  final LongAdder sentBare = new LongAdder();
  final LongAdder notSent = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder foreign = new LongAdder();
  final LongAdder unsigned = new LongAdder();
  final LongAdder connects = new LongAdder();
}
