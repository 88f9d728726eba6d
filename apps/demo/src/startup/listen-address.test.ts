import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { isSyncError } from '@lockstep/core';
import { listen } from './listen.js';
import { readListenAddress, urlOf } from './listen-address.js';

test('listens on the loopback address and port 3000 when nothing is said', () => {
  assert.deepEqual(readListenAddress({}), { host: '127.0.0.1', port: 3000 });
  assert.deepEqual(readListenAddress({ PORT: ' ', HOST: '' }), { host: '127.0.0.1', port: 3000 });
});

test('takes HOST and PORT', () => {
  assert.deepEqual(readListenAddress({ PORT: '0', HOST: '::1' }), { host: '::1', port: 0 });
});

for (const port of ['http', '65536', '-1', '80.5', '0x50', '1e3']) {
  test(`refuses PORT="${port}" and says what a port is`, () => {
    assert.throws(
      () => readListenAddress({ PORT: port }),
      (error) =>
        isSyncError(error, 'OPTION_INVALID') && error.message.includes(`PORT="${port}": is not a port`),
    );
  });
}

test('names an address that a browser can open', () => {
  assert.equal(urlOf({ host: '0.0.0.0', port: 80 }), 'http://localhost:80');
  assert.equal(urlOf({ host: '::1', port: 80 }), 'http://[::1]:80');
  assert.equal(urlOf({ host: '10.0.0.1', port: 80 }), 'http://10.0.0.1:80');
});

test('gives the port that the system chose, and refuses it to the next server by name', async () => {
  const [first, second] = [createServer(), createServer()];
  const address = await listen(first, { host: '127.0.0.1', port: 0 });
  assert.ok(address.port > 0);
  await assert.rejects(
    listen(second, address),
    /another program listens on 127\.0\.0\.1:\d+ already.*set PORT/,
  );
  first.close();
  await once(first, 'close');
});
