import { createFakeClock } from '../testing/fake-clock.js';
import { createFakeDisk } from '../testing/fake-disk.js';
import { createSeededRandom } from '../testing/seeded-random.js';
import { workContract } from '../testing/work-contract.js';
import { archiveIn, placesIn } from '../testing/work-contract/harness.js';
import { createWork } from './create-work.js';

workContract('the jobs over the fake disk', (t) => {
  const clock = createFakeClock();
  const random = createSeededRandom(t.name);
  const disk = createFakeDisk({ clock, random });
  const base = '/app';
  for (const directory of ['static', 'templates', 'state', 'outside'])
    disk.user.mkdir(`${base}/${directory}`);
  disk.user.mkdir(archiveIn(base));
  const work = createWork({ disk, places: placesIn(base), archive: archiveIn(base), random, clock });
  return { work, user: disk.user, base };
});
