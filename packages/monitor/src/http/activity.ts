import type { Replica } from '@lockstep/core';
import type { Request, RequestHandler } from 'express';
import { listActivity, type ActivityPage } from '../collect/list-activity.js';
import { activityKinds, activityLine, isActivityKind } from '../view/activity-line.js';
import { queryNumber, queryText, queryWord } from './query.js';

/** `GET /api/activity?kind&text&before&limit`: the history newest first. `view=page` gives it in words. */
export function answerActivity(replica: Replica): RequestHandler {
  return (req, res) => {
    const { rows, next } = activityOf(replica, req);
    res.json(queryText(req, 'view') === 'page' ? { rows: rows.map(activityLine), next } : { rows, next });
  };
}

/** The part of the history that the query asks for. Throws REQUEST_MALFORMED. */
export function activityOf(replica: Replica, req: Request): ActivityPage {
  return listActivity(replica.index.activity, {
    kind: queryWord(req, 'kind', isActivityKind, Object.keys(activityKinds)),
    text: queryText(req, 'text'),
    beforeId: queryNumber(req, 'before', undefined, { min: 0, max: Number.MAX_SAFE_INTEGER }),
    limit: queryNumber(req, 'limit', 50, { min: 1, max: 500 }),
  });
}
