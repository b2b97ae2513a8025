// @ts-check
// The event stream format of WHATWG HTML 9.2.6, from bytes to blocks.

/** A block that is longer is no event of ours; without a limit it would fill the memory. In characters. */
const LONGEST_BLOCK = 2 ** 24;

/**
 * A complete block: it has ended with a blank line.
 *
 * @typedef {object} Block
 * @property {string} type `message` if the block names none
 * @property {string|null} text its data; null: it has none, so it is no event
 * @property {string|null} id null: the block has no id, and the position stays
 */

/** Bytes in, blocks out, wherever the bytes were split. What is not complete at the end is never handed out. */
export class SseParser {
  // It also removes the byte order mark at the beginning.
  #decoder = new TextDecoder();
  #onBlock;
  #onRetry;

  /** The beginning of a line whose end has not arrived. */
  #rest = '';

  /** The last piece ended with CR: an LF at the start of the next one belongs to it. */
  #afterCr = false;

  #type = '';

  /** @type {string|null} */
  #text = null;

  /** @type {string|null} */
  #id = null;

  #length = 0;

  /**
   * @param {(block: Block) => void} onBlock
   * @param {(ms: number) => void} onRetry
   */
  constructor(onBlock, onRetry) {
    this.#onBlock = onBlock;
    this.#onRetry = onRetry;
  }

  /** @param {BufferSource} bytes */
  push(bytes) {
    const piece = this.#decoder.decode(bytes, { stream: true });
    if (piece === '') {
      return;
    }
    // Only the new piece is searched: a long line comes in many of them.
    const ends = /\r\n?|\n/g;
    let start = this.#afterCr && piece[0] === '\n' ? 1 : 0;
    this.#afterCr = false;
    ends.lastIndex = start;
    for (let end = ends.exec(piece); end !== null; end = ends.exec(piece)) {
      const line = this.#rest + piece.slice(start, end.index);
      this.#rest = '';
      start = ends.lastIndex;
      this.#afterCr = end[0] === '\r' && start === piece.length;
      this.#line(line);
    }
    this.#rest += piece.slice(start);
    if (this.#length + this.#rest.length > LONGEST_BLOCK) {
      throw new Error('a block without an end');
    }
  }

  /** @param {string} line */
  #line(line) {
    if (line === '') {
      const block = { type: this.#type || 'message', text: this.#text, id: this.#id };
      this.#type = '';
      this.#text = this.#id = null;
      this.#length = 0;
      if ((block.text ?? block.id) !== null) {
        this.#onBlock(block);
      }
      return;
    }
    this.#length += line.length;
    // All of the line, so it always matches; without a colon all of it is the name.
    const [, name, value] = /** @type {RegExpExecArray} */ (/^([^:]*):? ?(.*)$/s.exec(line));
    if (name === 'data') {
      this.#text = this.#text === null ? value : `${this.#text}\n${value}`;
    } else if (name === 'event') {
      this.#type = value;
    } else if (name === 'id' && !value.includes('\0')) {
      this.#id = value;
    } else if (name === 'retry' && /^\d+$/.test(value)) {
      this.#onRetry(Number(value));
    }
  }
}
