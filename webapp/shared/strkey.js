// @ts-check
// Stellar StrKey encoding (SEP-23): base32 of version byte, 32 bytes, CRC16-XModem little-endian. For test data: the
// bytes are random, and there is no secret key for them.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ACCOUNT = 6 << 3; // G
const CONTRACT = 2 << 3; // C

/** @param {Uint8Array} bytes */
export function crc16XModem(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
    }
  }
  return crc;
}

/** @param {Uint8Array} bytes */
export function base32(bytes) {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/**
 * @param {number} version
 * @param {Uint8Array} payload
 */
function encode(version, payload) {
  const body = Uint8Array.of(version, ...payload);
  const crc = crc16XModem(body);
  return base32(Uint8Array.of(...body, crc & 0xff, crc >> 8));
}

const random32 = () => crypto.getRandomValues(new Uint8Array(32));

export const randomAccount = () => encode(ACCOUNT, random32());
export const randomContract = () => encode(CONTRACT, random32());
