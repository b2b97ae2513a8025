import assert from 'node:assert/strict';
import test from 'node:test';
import { base32, crc16XModem, randomAccount, randomContract } from '../../../webapp/shared/strkey.js';

const bytesOf = (text) => new TextEncoder().encode(text);

test('has the check value of CRC16-XModem', () => {
  assert.equal(crc16XModem(bytesOf('123456789')), 0x31c3);
});

test('encodes the vectors of RFC 4648, without padding', () => {
  for (const [plain, encoded] of [['', ''], ['f', 'MY'], ['fo', 'MZXQ'], ['foo', 'MZXW6'], ['foobar', 'MZXW6YTBOI']]) {
    assert.equal(base32(bytesOf(plain)), encoded);
  }
});

test('makes addresses of 56 characters, each another', () => {
  const made = [randomAccount(), randomAccount(), randomContract()];
  assert.match(made[0], /^G[A-Z2-7]{55}$/);
  assert.match(made[2], /^C[A-Z2-7]{55}$/);
  assert.equal(new Set(made).size, 3);
});
