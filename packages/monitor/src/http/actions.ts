import { showText, SyncError, type Log } from '@lockstep/core';
import type { RequestHandler } from 'express';
import type { SenderView } from '../sender-view.js';
import { answerDone } from './done.js';

interface Action {
  readonly method: 'retryNow' | 'rescan' | 'pause' | 'resume';
  readonly done: string;
}

const actions: ReadonlyMap<string, Action> = new Map([
  ['retry', { method: 'retryNow', done: 'Everything that waits is tried now.' }],
  ['rescan', { method: 'rescan', done: 'All folders were compared with the index.' }],
  ['pause', { method: 'pause', done: 'Paused. Changes are recorded and wait.' }],
  ['resume', { method: 'resume', done: 'Resumed.' }],
]);

/** `POST /api/actions/{retry,rescan,pause,resume}`. */
export function runAction(sender: SenderView, log: Log): RequestHandler {
  return async (req, res) => {
    const name = String(req.params['action']);
    const action = actions.get(name);
    if (!action) {
      const names = [...actions.keys()].join(', ');
      throw new SyncError('NOT_FOUND', `There is no action "${showText(name)}". The actions are: ${names}.`);
    }
    const run = sender[action.method]?.bind(sender);
    const { active, elsewhere } = sender.status();
    if (!run || (active === false && elsewhere === undefined)) {
      throw new SyncError(
        'NOT_READY',
        `The action "${name}" needs the sender, which does not run in this process. Try again: another process of this host may answer.`,
      );
    }
    log.info('Monitor action', { action: name });
    await run();
    answerDone(req, res, action.done);
  };
}
