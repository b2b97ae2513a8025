// @ts-check
// Checks the received events: nothing lost, repeated or reordered.

/** @import { Filters } from './settings.js' */

/**
 * With `all` and no type filter every position must arrive: 41, 42, 43. With other filters positions
 * between belong to others, so they must only rise; there, each stream's `version` must count up by one,
 * unless a type filter leaves some out.
 */
export class GapCheck {
  /** @param {Pick<Filters, 'all'|'types'>} filters */
  constructor(filters) {
    this.contiguous = filters.all && filters.types.length === 0;
    this.byVersion = !this.contiguous && filters.types.length === 0;
    this.checked = 0;
    this.missing = 0;
    this.repeated = 0;
    this.resets = 0;
    this.firstFault = '';
    /** @type {number|null} */
    this.last = null;
    /** @type {number|null} */
    this.first = null;
    /** @type {Map<string, number>} */
    this.versions = new Map();
  }

  /**
   * A connection starts after `from`; everything after the first start must be complete.
   *
   * @param {number} from
   */
  connected(from) {
    if (this.last === null && Number.isSafeInteger(from)) {
      this.last = from;
    }
  }

  /**
   * A state that was read again, or an event of it during the snapshot.
   *
   * @param {{streamId: string, version: number}} stream
   */
  snapshot(stream) {
    this.#remember(stream.streamId, stream.version);
  }

  /**
   * The states belong to this position: every event after it must follow.
   *
   * @param {number} head
   */
  snapshotEnd(head) {
    this.last = head;
  }

  /** @param {number} from */
  reset(from) {
    this.resets++;
    this.last = from;
    this.versions.clear();
  }

  /**
   * @param {number} seq
   * @param {any} data
   */
  event(seq, data) {
    this.checked++;
    this.first ??= seq;
    if (this.last !== null && seq <= this.last) {
      this.repeated++;
      this.#fault(`#${seq} came after #${this.last}`);
      return;
    }
    if (this.contiguous && this.last !== null && seq !== this.last + 1) {
      this.missing += seq - this.last - 1;
      this.#fault(`#${this.last} was followed by #${seq}`);
    }
    this.last = seq;
    if (this.byVersion && data.streamId !== undefined) {
      const before = this.versions.get(data.streamId);
      if (before !== undefined && data.version > before + 1) {
        this.missing += data.version - before - 1;
        this.#fault(`stream ${data.streamId} went from version ${before} to ${data.version}`);
      }
      this.#remember(data.streamId, data.version);
    }
  }

  /**
   * @param {string} streamId
   * @param {number} version
   */
  #remember(streamId, version) {
    if (!this.byVersion) {
      return;
    }
    this.versions.delete(streamId);
    this.versions.set(streamId, version);
    if (this.versions.size > 10_000) {
      const [oldest] = this.versions.keys();
      this.versions.delete(oldest);
    }
  }

  /** @param {string} text */
  #fault(text) {
    this.firstFault ||= text;
  }

  /** {tone, word, detail} for people. */
  verdict() {
    if (this.missing > 0 || this.repeated > 0) {
      const parts = [];
      if (this.missing > 0) {
        parts.push(`${this.missing} missing`);
      }
      if (this.repeated > 0) {
        parts.push(`${this.repeated} repeated or out of order`);
      }
      return { tone: 'bad', word: parts.join(', '), detail: `First: ${this.firstFault}.` };
    }
    if (this.checked === 0) {
      return { tone: '', word: 'waiting for events', detail: this.#rule() };
    }
    if (this.resets > 0) {
      return {
        tone: 'warn',
        word: 'no gaps since the reset',
        detail: 'The server could not honour the position asked for, and said so with a reset event.',
      };
    }
    return { tone: 'ok', word: 'no gaps', detail: `${this.checked} checked from #${this.first}. ${this.#rule()}` };
  }

  #rule() {
    if (this.contiguous) {
      return 'Every position must arrive, one after the other.';
    }
    return this.byVersion
      ? 'Filtered: positions must rise, and each stream’s version must count up by one.'
      : 'Filtered by type: positions must rise.';
  }
}
