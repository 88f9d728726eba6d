import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { silentLog, type Log } from '@lockstep/core';
import express5 from 'express';
import express4 from 'express4';
import { mountDoor, type Room } from './door.js';

async function serve(t: TestContext, app: RequestListener): Promise<string> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A room that answers with the path it sees and the body it can read. */
const echoRoom: Room = {
  handle(request, response) {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => response.end(`${request.url} ${Buffer.concat(parts).toString()}`));
  },
};

const post = (body: string, type: string): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
});

for (const [name, express] of [
  ['Express 5', express5],
  ['Express 4', express4],
] as const) {
  describe(name, () => {
    test('answers although the app adds its answer to unknown pages before the door opens', async (t) => {
      const app = express();
      const door = mountDoor(app, '/sync', { needsBody: true });
      app.use((_request, response) => void response.status(404).end('unknown page'));
      door.open(echoRoom, silentLog);
      const url = await serve(t, app);
      assert.equal(await (await fetch(`${url}/sync/hello?x=1`)).text(), '/hello?x=1 ');
      assert.equal(await (await fetch(`${url}/other`)).text(), 'unknown page');
      assert.equal(await (await fetch(`${url}/sync-monitor`)).text(), 'unknown page');
    });

    test('gives the room the whole body of a request that a body parser was mounted after', async (t) => {
      const app = express();
      const door = mountDoor(app, '/sync', { needsBody: true });
      app.use(express.json(), express.urlencoded({ extended: true }));
      door.open(echoRoom, silentLog);
      const url = await serve(t, app);
      assert.equal(
        await (await fetch(`${url}/sync/offer`, post('{}', 'application/json'))).text(),
        '/offer {}',
      );
    });

    test('says what to do, once in the log, when a body parser mounted before it has read the body', async (t) => {
      const errors: string[] = [];
      const log: Log = { ...silentLog, error: (message) => void errors.push(message) };
      const app = express();
      app.use(express.json());
      mountDoor(app, '/sync', { needsBody: true }).open(echoRoom, log);
      const url = await serve(t, app);
      for (let i = 0; i < 2; i++) {
        const response = await fetch(`${url}/sync/offer`, post('{"a":1}', 'application/json'));
        assert.equal(response.status, 500);
        const body = (await response.json()) as { code: string; message: string };
        assert.equal(body.code, 'INTERNAL');
        assert.match(body.message, /Call setupRealTimeFileSync\(app\) before/);
      }
      assert.equal(errors.length, 1);
    });

    test('is not disturbed by a body parser mounted before it that leaves the type of peers alone', async (t) => {
      const app = express();
      app.use(express.json(), express.urlencoded({ extended: true }), express.text());
      mountDoor(app, '/sync', { needsBody: true }).open(echoRoom, silentLog);
      const url = await serve(t, app);
      const response = await fetch(`${url}/sync/offer`, post('{}', 'application/vnd.lockstep+json'));
      assert.equal(await response.text(), '/offer {}');
    });
  });
}

test('asks to try again before it is opened and after it is closed', async (t) => {
  const app = express5();
  const door = mountDoor(app, '/sync', { needsBody: true });
  const url = await serve(t, app);
  const answerOf = async () => {
    const response = await fetch(`${url}/sync/hello`);
    const { code } = (await response.json()) as { code: string };
    return [response.status, response.headers.get('retry-after'), code];
  };
  assert.deepEqual(await answerOf(), [503, '1', 'NOT_READY']);
  door.open(echoRoom, silentLog);
  assert.equal((await fetch(`${url}/sync/hello`)).status, 200);
  door.close('CLOSED');
  assert.deepEqual(await answerOf(), [503, '1', 'CLOSED']);
});

test('an app that mounts it again gets the same door, so that the second is not behind the first', async (t) => {
  const app = express5();
  mountDoor(app, '/sync', { needsBody: true }).close('CLOSED');
  const url = await serve(t, app);
  mountDoor(app, '/sync', { needsBody: true }).open(echoRoom, silentLog);
  assert.equal(await (await fetch(`${url}/sync/hello`)).text(), '/hello ');
});
