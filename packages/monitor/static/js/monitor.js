// The page's script: every state that the server sends is bound to the markup that the server rendered.
import { forwardActions } from './actions.js';
import { followActivity } from './activity.js';
import { followArchive } from './archive.js';
import { bind } from './bind.js';
import { findFiles } from './files.js';
import { listen } from './live.js';
import { keepTimes } from './times.js';

const times = keepTimes();
const activity = followActivity(times.refresh);
const archive = followArchive(times.refresh);

forwardActions();
findFiles(times.refresh);
listen((page) => {
  bind(document.body, page);
  document.title = page.documentTitle;
  activity.update(page.activity);
  archive.update(page.archive, page.archiveHasMore);
  times.setNow(page.at);
});
