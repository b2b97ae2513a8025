package io.flowfi.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Holds every block that the kit reads, of whatever check, to the rules about its bytes. */
final class Framing {
  private static final Set<String> FIELDS = Set.of("event", "data", "id", "retry");

  private final Map<Rule, String> faults = new EnumMap<>(Rule.class);
  private int blocks;

  /** What holds for each block. */
  enum Rule {
    UTF_8 {
      @Override
      boolean isKept(Block block) {
        try {
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(block.raw()));
          return block.raw()[0] != (byte) 0xef; // no byte order mark
        } catch (CharacterCodingException e) {
          return false;
        }
      }
    },
    LINE_FEEDS {
      @Override
      boolean isKept(Block block) {
        for (byte b : block.raw()) {
          if (b == '\r') {
            return false;
          }
        }
        return true;
      }
    },
    DATA {
      @Override
      boolean isKept(Block block) {
        return block.data() != null && !block.data().isEmpty();
      }
    },
    JSON {
      @Override
      boolean isKept(Block block) {
        JsonNode json = block.json();
        return block.data() == null || (json.isObject() && !block.data().contains("\n"));
      }
    },
    ID_LAST {
      @Override
      boolean isKept(Block block) {
        return block.id() == null || block.lines().get(block.lines().size() - 1).startsWith("id:");
      }
    },
    FIELDS_ONLY {
      @Override
      boolean isKept(Block block) {
        return block.lines().stream()
            .allMatch(
                line ->
                    line.indexOf(": ") > 0
                        && FIELDS.contains(line.substring(0, line.indexOf(':'))));
      }
    };

    abstract boolean isKept(Block block);
  }

  /** Called by the thread of each subscriber. */
  synchronized void look(Block block) {
    blocks++;
    for (Rule rule : Rule.values()) {
      if (!rule.isKept(block)) {
        faults.putIfAbsent(rule, block.toString());
      }
    }
  }

  /** Whether all blocks of the run kept a rule: what was seen. */
  synchronized String verdict(Rule rule) {
    String fault = faults.get(rule);
    Broken.unless(fault == null, "a block that does not: " + fault);
    return "all " + blocks + " blocks of this run do";
  }
}
