// Keeps the page as its server's folders are: files, style and the page itself.
const rows = document.querySelector('[data-files] tbody');
const live = document.querySelector('[data-live]');
const liveText = document.querySelector('[data-live-text]');
const form = document.querySelector('[data-upload]');
const message = document.querySelector('[data-message]');
const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const units = ['B', 'KiB', 'MiB', 'GiB'];
let known = null;

await showFiles();
followChanges();
form.addEventListener('submit', upload);
setUpDropping(form.querySelector('.drop'));

function followChanges() {
  const changes = new EventSource('/api/changes');
  changes.addEventListener('open', () => {
    setLive(true);
    void showFiles(); // what happened while the line was cut
  });
  changes.addEventListener('error', () => setLive(false));
  changes.addEventListener('message', ({ data }) => {
    const folders = JSON.parse(data);
    if (folders.includes('templates')) return location.reload();
    if (folders.includes('static')) renewStyle();
    if (folders.includes('instance')) void showFiles();
  });
}

function setLive(on) {
  live.classList.toggle('on', on);
  liveText.textContent = on ? 'live' : 'server away, trying again';
}

async function showFiles() {
  const response = await fetch('/api/files').catch(() => null);
  if (!response?.ok) return;
  const files = await response.json();
  const before = known;
  known = new Map(files.map((file) => [file.name, `${file.size} ${file.mtimeMs}`]));
  const isNew = (file) => before !== null && before.get(file.name) !== known.get(file.name);
  rows.replaceChildren(
    ...(files.length === 0 ? [emptyRow()] : files.map((file) => fileRow(file, isNew(file)))),
  );
}

function fileRow(file, isNew) {
  const link = document.createElement('a');
  link.href = file.href;
  link.textContent = file.name;
  const time = document.createElement('time');
  time.dateTime = new Date(file.mtimeMs).toISOString();
  time.textContent = whenOf(new Date(file.mtimeMs));
  const row = document.createElement('tr');
  row.classList.toggle('new', isNew);
  row.append(cell(link), cell(sizeOf(file.size), 'number'), cell(time, 'when'));
  return row;
}

function emptyRow() {
  const row = document.createElement('tr');
  row.className = 'empty';
  const only = cell('Nothing here yet. Upload a file, or put one into instance/uploads.');
  only.colSpan = 3;
  row.append(only);
  return row;
}

function cell(content, className = '') {
  const made = document.createElement('td');
  made.className = className;
  made.append(content);
  return made;
}

function whenOf(date) {
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? clockTime.format(date) : dayAndTime.format(date);
}

function sizeOf(bytes) {
  const power = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: power === 0 ? 0 : 1 })} ${units[power]}`;
}

function renewStyle() {
  const old = document.querySelector('link[rel="stylesheet"]');
  const fresh = old.cloneNode();
  fresh.href = `/static/site.css?${Date.now()}`;
  fresh.addEventListener('load', () => old.remove());
  old.after(fresh);
}

async function upload(event) {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  message.textContent = 'Uploading …';
  try {
    const body = new FormData(form);
    const response = await fetch(form.action, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
    });
    const answer = await response.json();
    message.textContent = response.ok ? outcomeOf(answer) : answer.message;
    if (response.ok) form.reset();
  } catch (error) {
    message.textContent = `The upload failed: ${error.message}`;
  } finally {
    button.disabled = false;
  }
}

function outcomeOf({ saved, everywhere, ms }) {
  const what = saved.length === 1 ? saved[0] : `${saved.length} files`;
  return everywhere
    ? `${what}: on every server after ${ms} ms.`
    : `${what}: saved here; a server is away and gets it later.`;
}

function setUpDropping(drop) {
  const input = drop.querySelector('input');
  for (const type of ['dragover', 'dragleave', 'drop']) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle('over', type === 'dragover');
      if (type === 'drop') input.files = event.dataTransfer.files;
    });
  }
}
